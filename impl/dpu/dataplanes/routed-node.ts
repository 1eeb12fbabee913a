/** What `routed` needs of the DPU before any port: forwarding, its own addresses, an end for unused addresses. */
import type { Netns, RouteSpec } from "../../netlink/kernel.ts";
import { isErrno } from "../../netlink/netlink-error.ts";
import type { Ipam } from "../ipam.ts";
import type { RoutedConfig } from "./routed-config.ts";

/** Idempotent. What the kernel lacks is an Error that names it. */
export async function prepareNode(netns: Netns, config: RoutedConfig, ipam: Ipam): Promise<void> {
  if (ipam.families.includes(4)) await forward(netns, "net/ipv4/ip_forward", "IPv4 forwarding");
  if (ipam.families.includes(6)) await forwardIpv6(netns, config.uplink);
  await netns.linkSet("lo", { up: true });
  for (const { family, address } of ipam.own) {
    const cidr = `${address}/${family === 4 ? 32 : 128}`;
    await ignoring(["EEXIST"], netns.addressAdd("lo", { address: cidr, nodad: true }));
  }
  for (const route of rangeRoutes(config)) await netns.routeReplace(route);
}

/** Without these, a packet to an unused address would follow the default route to the fabric and come back. */
export function rangeRoutes(config: RoutedConfig): readonly RouteSpec[] {
  return config.ranges.map(({ cidr }) => ({ dst: cidr, kind: "unreachable" }));
}

async function forwardIpv6(netns: Netns, uplink: string): Promise<void> {
  if ((await netns.sysctl("net/ipv6/conf/all/forwarding")) === undefined) {
    throw new Error(
      'Cannot start dataplane "routed": the kernel has no IPv6, but an IPv6 range is configured; boot without ipv6.disable=1 or remove the range',
    );
  }
  if ((await netns.sysctl(`net/ipv6/conf/${uplink}/disable_ipv6`)) === "1") {
    throw new Error(
      `Cannot start dataplane "routed": IPv6 is off on uplink "${uplink}", but an IPv6 range is configured; run sysctl -w net/ipv6/conf/${uplink}/disable_ipv6=0 or remove the range`,
    );
  }
  // A router ignores router advertisements unless told so (2): an uplink configured by them would lose its addresses.
  const acceptRa = `net/ipv6/conf/${uplink}/accept_ra`;
  if ((await netns.sysctl(acceptRa)) === "1") await netns.sysctlSet(acceptRa, "2");
  await forward(netns, "net/ipv6/conf/all/forwarding", "IPv6 forwarding");
}

async function forward(netns: Netns, name: string, what: string): Promise<void> {
  const value = await netns.sysctl(name);
  if (value === undefined) {
    throw new Error(
      `Cannot start dataplane "routed": the kernel has no ${what} (no /proc/sys/${name})`,
    );
  }
  if (value !== "1") await netns.sysctlSet(name, "1");
}

/** For what is there already or gone already. */
export async function ignoring(errnos: readonly string[], work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isErrno(error, ...errnos)) throw error;
  }
}
