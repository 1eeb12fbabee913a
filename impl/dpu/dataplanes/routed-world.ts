/** A DPU for tests of `routed`, over any kernel: an uplink with its fabric, and three representors. */
import type { Netns } from "../../netlink/kernel.ts";
import { memoryStore } from "../../store/memory-store.ts";
import type { DataplaneWorld } from "../dataplane.contract.ts";
import type { Dataplane } from "../dataplane.ts";
import { testGuard } from "../guard/create-guard.ts";
import { parseFormerSysctl } from "./former-sysctls.ts";
import { createRouted } from "./routed.ts";
import { type RoutedConfig, routedShape } from "./routed-config.ts";

const fabric = { ipv4: "198.51.100.1/24", ipv6: "2001:db8:fab::1/64" } as const;

export const routedConfig: RoutedConfig = routedShape.parse({
  kind: "routed",
  uplink: "uplink0",
  ranges: ["10.244.1.0/29", "fd00:10:244:1::/64"],
  peers: [
    {
      ranges: ["10.244.2.0/24", "fd00:10:244:2::/64"],
      via: ["198.51.100.2", "2001:db8:fab::2"],
    },
  ],
});

export interface RoutedWorld extends DataplaneWorld {
  readonly netns: Netns;
}

/** `netns` is empty but for `lo`; it is disposed with the world. */
export async function routedWorld(
  netns: Netns,
  config: RoutedConfig = routedConfig,
): Promise<RoutedWorld> {
  await netns.linkSet("lo", { up: true });
  await netns.linkAdd({ kind: "veth", name: "uplink0", mtu: 1400, peer: { name: "fabric0" } });
  await netns.linkSet("fabric0", { up: true });
  await netns.linkSet("uplink0", { up: true });
  await netns.addressAdd("uplink0", { address: fabric.ipv4 });
  await netns.addressAdd("uplink0", { address: fabric.ipv6, nodad: true });
  const representors = ["rep0v0", "rep0v1", "rep0v2"];
  for (const name of representors) {
    await netns.linkAdd({ kind: "veth", name, mtu: 1400, peer: { name: `vf${name}`, mtu: 1400 } });
  }
  const formerSysctls = memoryStore(parseFormerSysctl);
  const start = async (): Promise<Dataplane> => {
    const kernel = { open: async () => netns };
    const guard = testGuard;
    const dataplane = await createRouted(config, { kernel, formerSysctls, guard });
    await dataplane.start();
    return dataplane;
  };
  const nodeBefore = await nodeSnapshot(netns);
  return {
    netns,
    nodeBefore,
    nodeSnapshot: () => nodeSnapshot(netns),
    dataplane: await start(),
    representors,
    remove: (representor) => netns.linkDel(representor),
    restart: start,
    placeOf: async () => netns,
    snapshot: () => snapshot(netns, representors),
    async [Symbol.asyncDispose]() {
      netns[Symbol.dispose]();
    },
  };
}

async function nodeSnapshot(netns: Netns): Promise<unknown> {
  const names = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"];
  const uplink = "net/ipv6/conf/uplink0/accept_ra";
  return {
    sysctls: await Promise.all([...names, uplink].map((name) => netns.sysctl(name))),
    lo: (await netns.addresses("lo")).map(({ address }) => address).sort(),
    // The kernel's own link-local routes come in their own time.
    routes: (await netns.routes())
      .filter(({ dst }) => !/^f[ef]/.test(dst))
      .map(({ dst, dev, kind }) => `${kind} ${dst} ${dev}`)
      .sort(),
  };
}

async function snapshot(netns: Netns, representors: readonly string[]): Promise<unknown> {
  const links = await Promise.all(
    representors.map(async (name) => {
      const link = await netns.link(name);
      return {
        name,
        up: link?.up,
        mtu: link?.mtu,
        addresses: (await netns.addresses(name)).map(({ address }) => address),
        neighs: (await netns.neighs(name)).filter(({ state }) => state === "permanent"),
      };
    }),
  );
  const routes = (await netns.routes()).map(({ dst, dev, kind }) => `${kind} ${dst} ${dev}`);
  return { links, routes: routes.sort() };
}
