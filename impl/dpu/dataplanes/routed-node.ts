/** What `routed` needs of the DPU before any port: forwarding, its own addresses, an end for unused addresses. */
import type { Netns, RouteSpec } from "../../netlink/kernel.ts";
import type { Ipam } from "../ipam.ts";
import type { FormerSysctls } from "./former-sysctls.ts";
import { gone, ignoring } from "./ignoring.ts";
import type { RoutedConfig } from "./routed-config.ts";

interface NodeParts {
  readonly ipam: Ipam;
  readonly sysctls: FormerSysctls;
}

/** Idempotent. What the kernel lacks is an Error that names it. */
export async function prepareNode(
  netns: Netns,
  config: RoutedConfig,
  { ipam, sysctls }: NodeParts,
): Promise<void> {
  const on = { netns, sysctls };
  if (ipam.families.includes(4)) await forward(on, "net/ipv4/ip_forward", "IPv4 forwarding");
  if (ipam.families.includes(6)) await forwardIpv6(on, config.uplink);
  await netns.linkSet("lo", { up: true });
  for (const address of ownCidrs(ipam)) {
    await ignoring(["EEXIST"], netns.addressAdd("lo", { address, nodad: true }));
  }
  for (const route of rangeRoutes(config)) await netns.routeReplace(route);
}

/** The way back from `prepareNode`; what is gone already is gone. `lo` stays up: it is nobody's. */
export async function removeNode(
  netns: Netns,
  config: RoutedConfig,
  { ipam, sysctls }: NodeParts,
): Promise<void> {
  for (const route of rangeRoutes(config)) await ignoring(gone, netns.routeDel(route));
  for (const address of ownCidrs(ipam)) await ignoring(gone, netns.addressDel("lo", address));
  await sysctls.restore();
}

function ownCidrs(ipam: Ipam): readonly string[] {
  return ipam.own.map(({ family, address }) => `${address}/${family === 4 ? 32 : 128}`);
}

/** Without these, a packet to an unused address would follow the default route to the fabric and come back. */
export function rangeRoutes(config: RoutedConfig): readonly RouteSpec[] {
  return config.ranges.map(({ cidr }) => ({ dst: cidr, kind: "unreachable" }));
}

interface Settings {
  readonly netns: Netns;
  readonly sysctls: FormerSysctls;
}

async function forwardIpv6(on: Settings, uplink: string): Promise<void> {
  const { netns, sysctls } = on;
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
  if ((await netns.sysctl(acceptRa)) === "1") await sysctls.set(acceptRa, "1", "2");
  await forward(on, "net/ipv6/conf/all/forwarding", "IPv6 forwarding");
}

async function forward({ netns, sysctls }: Settings, name: string, what: string): Promise<void> {
  const value = await netns.sysctl(name);
  if (value === undefined) {
    throw new Error(
      `Cannot start dataplane "routed": the kernel has no ${what} (no /proc/sys/${name})`,
    );
  }
  await sysctls.set(name, value, "1");
}
