/** One look at a node: where each VF is and how it looks, what the DPU does with each representor, what each side has written. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Address, Kernel, Link, Netns, Route } from "../../impl/netlink/kernel.ts";
import type { CardVf, Node } from "../core/backend.ts";
import { offloadFiles } from "../install/offload-config.ts";
import { askAgent, askDaemon } from "./ask.ts";
import type { LinkView, NodeView, PodView, RepresentorView, VfView } from "./oracle.ts";
import { attachmentRecords, portRecords } from "./records.ts";

/** The parts are read one after the other: at rest they fit together, in the middle of things they need not. */
export async function readNode(node: Node, kernel: Kernel): Promise<NodeView> {
  const { agentState, hostState, socket } = offloadFiles(node);
  const places = await openAll(kernel, node);
  try {
    const [host, dpu] = [places.host, places.dpu];
    const dpuLinks = await dpu.links();
    const seen = await Promise.all(
      [{ where: "home", netns: host }, ...places.pods].map(async ({ where, netns }) => ({
        ...{ where, netns },
        links: await netns.links(),
        addresses: await netns.addresses(),
        routes: await netns.routes(),
      })),
    );
    const vfs: VfView[] = [];
    for (const vf of node.card.vfs) vfs.push(await viewOf(vf, dpuLinks, seen));
    const attachments = await attachmentRecords(hostState);
    const ports = await portRecords(agentState);
    const hostWord = await askDaemon(socket);
    const dpuWord = await askAgent(join(agentState, "agent.sock"));
    return {
      node: node.name,
      vfs,
      attachments: attachments.records,
      ports: ports.records,
      representors: await representorsOf(node, dpu, dpuLinks),
      pods: seen.slice(1).map(podOf),
      told: { ...(hostWord && { host: hostWord }), ...(dpuWord && { dpu: dpuWord }) },
      damaged: [...attachments.damaged, ...ports.damaged],
    };
  } finally {
    for (const { netns } of places.pods) netns[Symbol.dispose]();
    places.host[Symbol.dispose]();
    places.dpu[Symbol.dispose]();
  }
}

interface Opened {
  readonly where: string;
  readonly netns: Netns;
}

async function openAll(kernel: Kernel, node: Node) {
  const host = await kernel.open(node.host.netns);
  const dpu = await kernel.open(node.dpu.netns);
  const pods: Opened[] = [];
  for (const path of await podPaths(node)) {
    // One that goes away meanwhile was no pod any more.
    const netns = await kernel.open(path).catch(() => undefined);
    if (netns !== undefined) pods.push({ where: path, netns });
  }
  return { host, dpu, pods };
}

/** A node's namespaces share the beginning of their names. */
async function podPaths(node: Node): Promise<readonly string[]> {
  const folder = dirname(node.host.netns);
  const prefix = basename(node.host.netns).replace(/host$/, "");
  const own = [node.host.netns, node.dpu.netns];
  return (await readdir(folder))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(folder, name))
    .filter((path) => !own.includes(path))
    .sort();
}

interface Seen extends Opened {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
}

/** Whatever its name, MAC and alias are now: a veth end says who its peer is. */
async function viewOf(
  vf: CardVf,
  dpuLinks: readonly Link[],
  seen: readonly Seen[],
): Promise<VfView> {
  const fixed = {
    pciAddress: vf.pciAddress,
    id: `${vf.pf}/${vf.index}`,
    representor: vf.representor,
  };
  const representor = dpuLinks.find(({ name }) => name === vf.representor);
  if (representor === undefined) return { ...fixed, where: "nowhere" };
  for (const one of seen) {
    const link = one.links.find(
      ({ kind, peer, index }) =>
        kind === "veth" && peer === representor.index && index === representor.peer,
    );
    if (link !== undefined) return { ...fixed, where: one.where, link: await linkView(one, link) };
  }
  return { ...fixed, where: "nowhere" };
}

async function linkView({ netns, addresses, routes }: Seen, link: Link): Promise<LinkView> {
  const { name, mtu, up, promisc, allmulticast, txQueueLen, alias = "", altNames } = link;
  const qdiscs = await netns.qdiscs(name).catch(() => []);
  return {
    ...{ name, mtu, up, promisc, allmulticast, txQueueLen, alias, mac: link.address },
    altNames: [...altNames].sort(),
    addresses: addresses
      .filter((one) => one.link === name && one.scope === "global")
      .map(({ address }) => address)
      .sort(),
    routes: routes
      .filter(({ dev, dst }) => dev === name && !dst.startsWith("fe80") && !dst.startsWith("ff00"))
      .map(({ dst, via }) => (via === undefined ? dst : `${dst} via ${via}`))
      .sort(),
    qdiscs: qdiscs.map(({ kind, parent }) => `${kind} ${parent}`).sort(),
  };
}

function podOf({ where, addresses }: Seen): PodView {
  const global = addresses.filter(({ scope, link }) => scope === "global" && link !== "lo");
  return { netns: where, addresses: global.map(({ address }) => address).sort() };
}

async function representorsOf(
  node: Node,
  dpu: Netns,
  links: readonly Link[],
): Promise<readonly RepresentorView[]> {
  const routes = await dpu.routes();
  const all = await dpu.addresses();
  const views: RepresentorView[] = [];
  for (const { representor: name } of node.card.vfs) {
    const link = links.find((one) => one.name === name);
    if (link === undefined) continue;
    const neighbours = await dpu.neighs(name).catch(() => []);
    const addresses = all.filter((one) => one.link === name);
    views.push({
      ...{ name, up: link.up, mtu: link.mtu },
      routes: routes
        .filter(({ dev, dst }) => dev === name && /\/(32|128)$/.test(dst))
        .map(({ dst }) => dst)
        .sort(),
      neighbours: neighbours
        .filter(({ state }) => state === "permanent")
        .map(({ address, lladdr }) => `${address} ${lladdr}`)
        .sort(),
      addresses: addresses.map(({ address }) => address).sort(),
    });
  }
  return views;
}
