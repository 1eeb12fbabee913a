/** Hands a VF to a pod: moved and named in one step, then MAC, MTU, addresses, up, routes, and announced. */
import type { Log } from "../base/log.ts";
import { pause } from "../base/pause.ts";
import { keyText } from "../cni/types.ts";
import { contains, familyOf, networkOf, parsePrefix, printPrefix } from "../netlink/ip-address.ts";
import type { Change, Link, Netns, Route, RouteSpec } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import { findAtHome, type Home } from "../vf/home.ts";
import { keyDigest, printMark } from "../vf/mark.ts";
import type { PortSetting } from "../wire/agent.ts";
import { announcement } from "./announce.ts";
import type { Attachment } from "./attachment.ts";
import { carrierMs } from "./host.ts";

export interface PodInterface {
  readonly link: Link;
  /** as asked, without routes to where the pod had a way already */
  readonly port: PortSetting;
}

export interface Wiring {
  readonly home: Home;
  readonly netns: Netns;
  readonly record: Attachment;
  readonly port: PortSetting;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The first half, which needs nothing of the DPU: moved, named and marked. */
export async function moveIn({
  home,
  netns,
  record,
}: Pick<Wiring, "home" | "netns" | "record">): Promise<void> {
  const { pristine, pciAddress } = record.vf;
  const owner = keyDigest(record.key);
  const alias = printMark({ pciAddress, owner, generation: record.generation, pristine });
  // With the mark in the same request: wherever a crash leaves the VF, it says whose it is and what it was.
  const change = { netns, name: record.key.ifname, alias };
  await onVf(home, record, (vf) => home.netns.linkSet(vf, change));
  await pause?.("add-vf-moved", keyText(record.key));
}

/** sysfs follows a renaming within milliseconds. */
const renamedMs = 1_000;
const mostRenames = 2;

/** Does `work` by the VF's name, which the host's udev may change at any time; DEL gives it the recorded one again. */
async function onVf(home: Home, { vf }: Attachment, work: (name: string) => Promise<void>) {
  let name = vf.pristine.name;
  for (let renames = 0; ; renames += 1) {
    try {
      return await work(name);
    } catch (error) {
      if (!isErrno(error, "ENODEV") || renames === mostRenames) throw error;
      const link = await findAtHome(home, vf.pciAddress, renamedMs);
      if (typeof link === "string") throw error;
      name = link.name;
    }
  }
}

/** The second half, with what the DPU gave. */
export async function wire(wiring: Wiring): Promise<PodInterface> {
  const { netns, record, port, signal } = wiring;
  const { ifname } = record.key;
  signal.throwIfAborted();
  await prepareIpv6(netns, ifname, port);
  await setLink(wiring);
  await pause?.("add-link-set", keyText(record.key));
  const routes = await addRoutes(netns, ifname, port);
  signal.throwIfAborted();

  const link = await awaitCarrier(wiring);
  await pause?.("add-wired", keyText(record.key));
  await announce(wiring, link);
  await pause?.("add-announced", keyText(record.key));
  return { link, port: { ...port, routes } };
}

async function setLink({ netns, record, port }: Wiring): Promise<void> {
  const link = record.key.ifname;
  // A VF's driver may refuse to set even the MAC it has, without trust from the PF.
  const mac = port.mac === record.vf.pristine.address ? {} : { address: port.mac };
  const refusals = await netns.batch([
    ...port.addresses.map(({ address }): Change => {
      const noprefixroute = hasWayToPrefix(port, address);
      const spec = { address, nodad: address.includes(":"), noprefixroute };
      return { verb: "addressAdd", link, address: spec };
    }),
    // Up before the routes: the kernel takes none for a link that is down.
    { verb: "linkSet", link, change: { ...mac, mtu: port.mtu, up: true } },
  ]);
  const refused = refusals.find((error) => error !== undefined);
  if (refused !== undefined) throw refused;
}

/** Some runtimes start pods with IPv6 off; the DPU gave an IPv6 address, so it is wanted here. The link-local address
 *  must not be tentative when the pod starts: the DPU at the other end is the only neighbour. */
async function prepareIpv6(netns: Netns, ifname: string, port: PortSetting): Promise<void> {
  if (!port.addresses.some(({ address }) => address.includes(":"))) return;
  const conf = `net/ipv6/conf/${ifname}`;
  if ((await netns.sysctl(`${conf}/disable_ipv6`)) === "1") {
    await netns.sysctlSet(`${conf}/disable_ipv6`, "0");
  }
  if ((await netns.sysctl(`${conf}/accept_dad`)) !== undefined) {
    await netns.sysctlSet(`${conf}/accept_dad`, "0");
  }
}

/** The DPU routes the address's own prefix by a gateway: its neighbours are not on the link, whatever the length says. */
export function hasWayToPrefix({ routes }: Pick<PortSetting, "routes">, address: string): boolean {
  const prefix = parsePrefix(address);
  if (prefix === undefined) return false;
  const network = printPrefix(networkOf(prefix));
  return routes.some(({ dst, gw }) => gw !== undefined && dst === network);
}

type PortRoute = PortSetting["routes"][number];

/** Link routes before the routes whose gateways they lead to. Gives those that the pod has, in the DPU's order. */
async function addRoutes(
  netns: Netns,
  ifname: string,
  port: PortSetting,
): Promise<readonly PortRoute[]> {
  const onLink = ["fe80::/10", ...port.addresses.map(({ address }) => address)];
  const add = (routes: readonly PortRoute[]) =>
    addThose(netns, ifname, { routes, specs: routes.map((one) => routeSpec(one, ifname, onLink)) });
  const direct = await add(port.routes.filter(({ gw }) => gw === undefined));
  onLink.push(...[...direct].map(({ dst }) => dst));
  const others = await add(port.routes.filter(({ gw }) => gw !== undefined));
  return port.routes.filter((route) => direct.has(route) || others.has(route));
}

/** Gives those that the pod has then. */
async function addThose(
  netns: Netns,
  ifname: string,
  {
    routes,
    specs,
  }: { readonly routes: readonly PortRoute[]; readonly specs: readonly RouteSpec[] },
): Promise<ReadonlySet<PortRoute>> {
  const refusals = await netns.batch(specs.map((route) => ({ verb: "routeAdd", route })));
  const refused = refusals.find((error) => error !== undefined && error.errno !== "EEXIST");
  if (refused !== undefined) throw refused;
  if (refusals.every((error) => error === undefined)) return new Set(routes);
  // Either an address brought it, or another interface of the pod leads there already and ours is a secondary one,
  // which does without (spec 0.4.0, "IPAM", on default routes).
  const there = await netns.routes();
  return new Set(
    routes.filter((route, i) => refusals[i] === undefined || hasRoute(there, route, ifname)),
  );
}

/** Whether the pod has this way through `dev`; CHECK asks the same. */
export function hasRoute(routes: readonly Route[], route: PortRoute, dev: string): boolean {
  return routes.some((each) => each.dst === route.dst && each.via === route.gw && each.dev === dev);
}

/** A gateway that no prefix of `onLink` covers is taken on trust: the DPU is the only neighbour. */
export function routeSpec(
  { dst, gw, mtu }: PortRoute,
  dev: string,
  onLink: readonly string[],
): RouteSpec {
  const rest = mtu === undefined ? {} : { mtu };
  if (gw === undefined) {
    return { dst, dev, ...(familyOf(dst) === 6 ? {} : { scope: "link" }), ...rest };
  }
  const isCovered = onLink.some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && contains(prefix, gw);
  });
  return { dst, via: gw, dev, ...(isCovered ? {} : { onlink: true }), ...rest };
}

async function awaitCarrier({ home, netns, record, signal, log }: Wiring): Promise<Link> {
  const { ifname } = record.key;
  const end = home.clock.now() + carrierMs;
  for (;;) {
    const link = await netns.link(ifname);
    if (link === undefined) throw new Error(`the pod lost "${ifname}" while it was set up`);
    if (link.running) return link;
    if (home.clock.now() >= end) {
      log.warn("the pod's interface has no carrier", { ifname, vf: record.vf.pciAddress });
      return link;
    }
    // The peer was up before: mostly it is a matter of microseconds.
    await home.clock.sleep(1, signal);
  }
}

/** A lost announcement costs the neighbours a timeout, not the pod its network. */
async function announce({ netns, record, port, log }: Wiring, link: Link): Promise<void> {
  const { ifname } = record.key;
  if (!link.running) return;
  try {
    for (const { address } of port.addresses) {
      await netns.sendFrame(ifname, announcement(link.address, address.split("/")[0] ?? ""));
    }
  } catch (error) {
    log.warn("the pod's addresses could not be announced", { ifname, error });
  }
}
