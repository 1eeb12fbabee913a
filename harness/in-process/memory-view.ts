/** One look at a node in this process, as the oracle takes one at a real node: kernels, records, and what the daemon says. */

import { keyText } from "../../impl/cni/types.ts";
import type { PortRecord } from "../../impl/dpu/port-record.ts";
import { parsePortRecord } from "../../impl/dpu/port-record.ts";
import type { Attachment } from "../../impl/host/attachment.ts";
import { parseAttachment } from "../../impl/host/attachment-record.ts";
import type { Link, Netns } from "../../impl/netlink/kernel.ts";
import { isRecordName, parseRecord } from "../../impl/store/record-file.ts";
import { vfAddress } from "../../impl/vf/fake-sysfs.ts";
import type {
  AttachmentView,
  HostWord,
  LinkView,
  NodeView,
  PodView,
  PortView,
  RepresentorView,
  VfView,
} from "../oracle/oracle.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { type MemoryNode, representorOf } from "./memory-node.ts";

export async function viewOf(node: MemoryNode, pods: readonly string[]): Promise<NodeView> {
  const opened: { readonly where: string; readonly netns: Netns }[] = [
    { where: "home", netns: await node.host.open() },
  ];
  for (const path of pods) opened.push({ where: path, netns: await node.host.open(path) });
  const dpu = await node.dpu.open();
  try {
    const attachments = recordsOn(node.disks.host, parseAttachment).map(attachmentView);
    const ports = recordsOn(node.disks.dpu, parsePortRecord).map(portView);
    const indexes = Array.from({ length: node.vfs }, (_, index) => index);
    return {
      node: "node1",
      vfs: await Promise.all(indexes.map((index) => vfView(index, opened))),
      attachments: attachments.toSorted(byKey),
      ports: ports.toSorted(byKey),
      representors: await Promise.all(indexes.map((index) => representorView(index, dpu))),
      pods: await Promise.all(opened.slice(1).map(podView)),
      told: node.daemon === undefined ? {} : { host: hostWord(node.daemon.host) },
      damaged: [...node.disks.host.setAside(), ...node.disks.dpu.setAside()],
    };
  } finally {
    for (const { netns } of opened) netns[Symbol.dispose]();
    dpu[Symbol.dispose]();
  }
}

function recordsOn<T>(disk: MemoryDisk, parse: (value: unknown) => T): readonly T[] {
  return [...disk.files].flatMap(([name, bytes]) => {
    if (!isRecordName(name)) return [];
    const read = parseRecord(name, bytes, parse);
    return read.ok ? [read.record] : [];
  });
}

function attachmentView(record: Attachment): AttachmentView {
  const { key, phase, generation, vf, netns, port, mac } = record;
  return {
    ...{ key: keyText(key), phase, generation, netns, pciAddress: vf.pciAddress },
    addresses: (port?.addresses ?? []).map(({ address }) => address).sort(),
    routes: (port?.routes ?? []).map(routeText).sort(),
    mac: port?.mac ?? mac ?? vf.pristine.address,
  };
}

function portView({ key, phase, generation, vf, representor, setting }: PortRecord): PortView {
  return {
    ...{ key: keyText(key), phase, generation, representor, mac: setting.mac },
    vf: `${vf.pf}/${vf.index}`,
    addresses: setting.addresses.map(({ address }) => address).sort(),
  };
}

async function vfView(
  index: number,
  places: readonly { readonly where: string; readonly netns: Netns }[],
): Promise<VfView> {
  const pciAddress = vfAddress(index);
  const fixed = { pciAddress, id: `0/${index}`, representor: representorOf(index) };
  for (const { where, netns } of places) {
    const link = (await netns.links()).find(({ parentDevice }) => parentDevice === pciAddress);
    if (link !== undefined) return { ...fixed, where, link: await linkView(netns, link) };
  }
  return { ...fixed, where: "nowhere" };
}

async function linkView(netns: Netns, link: Link): Promise<LinkView> {
  const { name, mtu, up, promisc, allmulticast, txQueueLen, alias = "", altNames } = link;
  const routes = (await netns.routes()).filter(({ dev }) => dev === name);
  const qdiscs = await netns.qdiscs(name);
  return {
    ...{ name, mtu, up, promisc, allmulticast, txQueueLen, alias, mac: link.address },
    altNames: [...altNames].sort(),
    addresses: await globalAddresses(netns, name),
    routes: routes.map(({ dst, via }) => routeText({ dst, gw: via })).sort(),
    qdiscs: qdiscs.map(({ kind, parent }) => `${kind} ${parent}`).sort(),
  };
}

function routeText({ dst, gw }: { readonly dst: string; readonly gw?: string | undefined }) {
  return gw === undefined ? dst : `${dst} via ${gw}`;
}

async function globalAddresses(netns: Netns, link?: string): Promise<readonly string[]> {
  return (await netns.addresses(link))
    .filter((one) => one.scope === "global" && one.link !== "lo")
    .map(({ address }) => address)
    .sort();
}

async function podView(pod: { readonly where: string; readonly netns: Netns }): Promise<PodView> {
  return { netns: pod.where, addresses: await globalAddresses(pod.netns) };
}

async function representorView(index: number, dpu: Netns): Promise<RepresentorView> {
  const name = representorOf(index);
  const link = await dpu.link(name);
  const routes = (await dpu.routes()).filter(
    ({ dev, dst }) => dev === name && /\/(32|128)$/.test(dst),
  );
  const neighbours = (await dpu.neighs(name)).filter(({ state }) => state === "permanent");
  return {
    ...{ name, up: link?.up ?? false, mtu: link?.mtu ?? 0 },
    routes: routes.map(({ dst }) => dst).sort(),
    neighbours: neighbours.map(({ address, lladdr }) => `${address} ${lladdr}`).sort(),
    addresses: (await dpu.addresses(name)).map(({ address }) => address).sort(),
  };
}

function hostWord(host: NonNullable<MemoryNode["daemon"]>["host"]): HostWord {
  const attachments = host.attachments.all().map(({ key, phase, generation, vf }) => {
    return `${keyText(key)} ${phase} ${generation} ${vf.pciAddress}`;
  });
  const free = host.pool.states().filter(({ state }) => state === "free");
  return {
    pool: host.pool.counts(),
    attachments: attachments.sort(),
    free: free.map(({ vf }) => vf.pciAddress).sort(),
  };
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
