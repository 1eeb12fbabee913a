/**
 * Joins the representor and the plugin's interface inside the port's namespace: what comes in at one leaves by the other
 * before the stack sees it. So the pod behind the representor answers ARP and neighbour discovery, although the plugin's
 * interface keeps its address, without which the plugin's own CHECK would fail.
 */
import type { Netns, Redirect } from "../../../netlink/kernel.ts";
import { ignoring } from "../ignoring.ts";

/** How packets go each way; `bpfPeer` only where the plugin's interface is one end of a veth. */
export interface Join {
  readonly toPlugin: Redirect["by"];
  readonly toPod: "mirred" | "bpf";
}

export interface Seam {
  readonly representor: string;
  /** the plugin's interface */
  readonly ifname: string;
  readonly mtu: number;
}

/** After the filters of plugins, which mostly have small numbers. */
const preference = 40_000;
const clsact = { kind: "clsact", handle: "", parent: "clsact" } as const;

/** Idempotent: what is there stays. Both links are in `port`. */
export async function stitch(port: Netns, seam: Seam, join: Join): Promise<void> {
  const { representor, ifname, mtu } = seam;
  // Else it would ask the pod for routers, and tell it of multicast groups, in the name of nobody.
  const quiet = `net/ipv6/conf/${representor}/disable_ipv6`;
  if ((await port.sysctl(quiet)) === "0") await port.sysctlSet(quiet, "1");
  await port.linkSet(representor, { mtu, up: true });
  const plugins = await port.link(ifname);
  const hasFarEnd = plugins?.kind === "veth" && plugins.peerNetnsId !== undefined;
  const toPlugin = join.toPlugin === "bpfPeer" && !hasFarEnd ? "bpf" : join.toPlugin;
  // The way out first: what the pod hears of must be there to be answered.
  await redirect(port, representor, { preference, to: ifname, by: toPlugin });
  await redirect(port, ifname, { preference, to: representor, by: join.toPod });
}

async function redirect(port: Netns, from: string, wanted: Redirect): Promise<void> {
  const present = (await port.redirects(from)).find((one) => one.preference === preference);
  if (present?.to === wanted.to) return;
  if (present !== undefined) await port.redirectDel(from, preference);
  const hooks = (await port.qdiscs(from)).map(({ parent }) => parent);
  if (!hooks.some((parent) => parent === "clsact" || parent === "ingress")) {
    await ignoring(["EEXIST"], port.qdiscAdd(from, clsact));
  }
  await port.redirectAdd(from, wanted);
}

/** The first thing that is not as `stitch` made it; undefined when all is. */
export async function seamDifference(port: Netns, seam: Seam): Promise<string | undefined> {
  const { representor, ifname, mtu } = seam;
  const link = await port.link(representor);
  if (link === undefined) return `representor "${representor}" is not in the port's namespace`;
  if (!link.up) return `representor "${representor}" is down`;
  if (link.mtu !== mtu) return `representor "${representor}" has MTU ${link.mtu}, expected ${mtu}`;
  const plugins = await port.link(ifname);
  if (plugins === undefined) return `the plugin's interface "${ifname}" is gone`;
  if (!plugins.up) return `the plugin's interface "${ifname}" is down`;
  for (const [from, to] of [
    [representor, ifname],
    [ifname, representor],
  ] as const) {
    const found = (await port.redirects(from)).find((one) => one.preference === preference);
    if (found?.to !== to) return `what comes in at "${from}" is not redirected to "${to}"`;
  }
  return undefined;
}
