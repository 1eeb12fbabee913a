/** The management VF on the host: named, marked, addressed, up and routed. Each pass sets what is not as it should be. */
import { contains, familyOf, networkOf, parsePrefix, printPrefix } from "../netlink/ip-address.ts";
import type { Link, LinkChange, Netns } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import { findAtHome, type Home } from "../vf/home.ts";
import { pathOf } from "../vf/link-sysctls.ts";
import { keyDigest, printMark } from "../vf/mark.ts";
import type { PortSetting } from "../wire/agent.ts";
import { announcement } from "./announce.ts";
import type { Attachment } from "./attachment.ts";
import { hasRoute, hasWayToPrefix, routeSpec } from "./pod-interface.ts";

/** sysfs follows a renaming within milliseconds; a VF that came home with a reboot of the card takes longer. */
const atHomeMs = 1_000;

/** The per-link sysctls that it changes: a VF that never leaves the host is given them back by nobody else. */
export const managementSysctls = ["ipv6/disable_ipv6", "ipv6/accept_dad"] as const;

type PortRoute = PortSetting["routes"][number];

/**
 * What of the DPU's setting is the host's: the ways to the gateways and to the addresses' own prefixes, and the configured
 * ranges through the gateways. Never a default route: the host has its own. A range of a family that the DPU gave no
 * address of is left out.
 */
export function managementRoutes(
  port: Pick<PortSetting, "addresses" | "routes">,
  ranges: readonly string[],
): readonly PortRoute[] {
  const near = port.routes.filter(({ dst }) =>
    port.addresses.some((address) => isNear(dst, address)),
  );
  const through = ranges.flatMap((dst): PortRoute[] => {
    const own = port.addresses.find(({ address }) => familyOf(address) === familyOf(dst));
    if (own === undefined || near.some((route) => route.dst === dst)) return [];
    if (isOnLink(dst, own.address) && !hasWayToPrefix(port, own.address)) return [];
    return [{ dst, ...(own.gateway === undefined ? {} : { gw: own.gateway }) }];
  });
  // Link routes before those whose gateways they lead to.
  return [...near, ...through].sort(
    (a, b) => Number(a.gw !== undefined) - Number(b.gw !== undefined),
  );
}

/** One flat network: whoever is in `dst` is a neighbour, and the address brings the way. */
function isOnLink(dst: string, address: string): boolean {
  const [prefix, target] = [parsePrefix(address), parsePrefix(dst)];
  if (prefix === undefined || target === undefined) return false;
  return target.length >= prefix.length && contains(prefix, target.address);
}

function isNear(dst: string, { address, gateway }: PortSetting["addresses"][number]): boolean {
  const [prefix, target] = [parsePrefix(address), parsePrefix(dst)];
  if (prefix === undefined || target === undefined) return false;
  const bits = target.family === 4 ? 32 : 128;
  if (gateway !== undefined && target.length === bits && target.address === gateway) return true;
  return isOnLink(dst, address);
}

/** Idempotent. `record.port.routes` are those that it should have. Throws what keeps it from being so. */
export async function wireManagement(home: Home, record: Attachment): Promise<void> {
  const { netns } = home;
  const { port, key } = record;
  if (port === undefined) throw new Error("the DPU has not answered yet");
  const { ifname } = key;
  const found = await findAtHome(home, record.vf.pciAddress, atHomeMs);
  if (typeof found === "string") throw new Error(`vf ${record.vf.pciAddress}: ${found}`);
  const link = await claim(netns, found, record);
  await prepareIpv6(netns, ifname, port);
  const fresh = await addAddresses(netns, ifname, port);
  // Up before the routes: the kernel takes none for a link that is down.
  for (const change of changes(link, port)) await netns.linkSet(ifname, change);
  await addRoutes(netns, ifname, port);
  await announce(netns, ifname, { mac: port.mac, addresses: fresh });
}

/** Takes away routes that it had and should not have any more. */
export async function dropRoutes(
  netns: Netns,
  ifname: string,
  dropped: readonly PortRoute[],
): Promise<void> {
  const present = await netns.routes();
  for (const route of dropped.filter((one) => hasRoute(present, one, ifname))) {
    const { dst, gw } = route;
    const via = gw === undefined ? {} : { via: gw };
    await netns.routeDel({ dst, dev: ifname, ...via }).catch((error) => {
      if (!isErrno(error, "ESRCH", "ENODEV")) throw error;
    });
  }
}

/** The mark first, as in a pod: wherever a crash leaves the VF, it says whose it is and what it was. */
async function claim(netns: Netns, found: Link, record: Attachment): Promise<Link> {
  const { pciAddress, pristine } = record.vf;
  const { key, generation } = record;
  const alias = printMark({ pciAddress, owner: keyDigest(key), generation, pristine });
  if (found.alias !== alias) await netns.linkSet(found.name, { alias });
  if (found.name === key.ifname) return found;
  // Before Linux 6.2 a link that is up keeps its name.
  await netns.linkSet(found.name, { up: false });
  await netns.linkSet(found.name, { name: key.ifname });
  return { ...found, name: key.ifname, up: false };
}

/** IPv6 on, and its link-local address no tentative one: the DPU is the only neighbour. */
async function prepareIpv6(netns: Netns, ifname: string, port: PortSetting): Promise<void> {
  if (!port.addresses.some(({ address }) => familyOf(address) === 6)) return;
  for (const name of managementSysctls) {
    const path = pathOf(name, ifname);
    const value = await netns.sysctl(path);
    if (value !== undefined && value !== "0") await netns.sysctlSet(path, "0");
  }
}

async function addAddresses(
  netns: Netns,
  ifname: string,
  port: PortSetting,
): Promise<readonly string[]> {
  const present = new Set((await netns.addresses(ifname)).map(({ address }) => address));
  const missing = port.addresses.filter(({ address }) => !present.has(address));
  for (const { address } of missing) {
    const noprefixroute = hasWayToPrefix(port, address);
    await netns.addressAdd(ifname, { address, nodad: address.includes(":"), noprefixroute });
  }
  return missing.map(({ address }) => address);
}

function changes({ address, mtu, up }: Link, port: PortSetting): readonly LinkChange[] {
  const size = mtu === port.mtu ? {} : { mtu: port.mtu };
  // Many drivers take a MAC only while the link is down.
  if (address !== port.mac) return [{ up: false }, { address: port.mac, ...size, up: true }];
  return up && mtu === port.mtu ? [] : [{ ...size, up: true }];
}

async function addRoutes(netns: Netns, ifname: string, port: PortSetting): Promise<void> {
  const present = await netns.routes();
  const onLink = ["fe80::/10", ...port.addresses.map(({ address }) => networkText(address))];
  for (const route of port.routes) {
    if (!hasRoute(present, route, ifname)) {
      await netns.routeReplace(routeSpec(route, ifname, onLink));
    }
    if (route.gw === undefined) onLink.push(route.dst);
  }
}

function networkText(address: string): string {
  const prefix = parsePrefix(address);
  return prefix === undefined ? address : printPrefix(networkOf(prefix));
}

/** So that neighbours that knew another VF at an address learn of this one; a lost frame costs them a timeout. */
async function announce(
  netns: Netns,
  ifname: string,
  { mac, addresses }: { readonly mac: string; readonly addresses: readonly string[] },
): Promise<void> {
  if (addresses.length === 0 || (await netns.link(ifname))?.running !== true) return;
  for (const address of addresses) {
    const frame = announcement(mac, address.split("/")[0] ?? "");
    await netns.sendFrame(ifname, frame).catch(() => {});
  }
}
