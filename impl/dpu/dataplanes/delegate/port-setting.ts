/** What the pod's interface must carry: all that the plugins gave to theirs, read from their result and from the kernel. */

import type { CniResult, CniRoute } from "../../../cni/types.ts";
import { familyOf } from "../../../netlink/ip-address.ts";
import type { Netns, Route } from "../../../netlink/kernel.ts";
import type { PortSetting } from "../../dataplane.ts";

type PortRoute = PortSetting["routes"][number];

/** `netns` is the port's namespace. */
export async function portSettingOf(
  netns: Netns,
  ifname: string,
  result: CniResult,
): Promise<PortSetting> {
  const link = await netns.link(ifname);
  if (link === undefined) throw new Error(`the plugins made no interface "${ifname}"`);
  const index = result.interfaces.findIndex(
    ({ name, sandbox }) => name === ifname && sandbox !== undefined && sandbox !== "",
  );
  const addresses = result.ips
    .filter((ip) => ip.interface === undefined || ip.interface === index)
    .map(({ address, gateway }) => ({ address, ...(gateway !== undefined && { gateway }) }));
  if (addresses.length === 0) throw new Error(`the plugins gave "${ifname}" no address`);
  const present = (await netns.routes()).filter((route) => isGiven(route, ifname));
  const routes = routesOf(result, addresses, present);
  const mtus = [link.mtu, result.interfaces[index]?.mtu, ...present.map(({ mtu }) => mtu)];
  return {
    addresses,
    routes,
    // The smallest: a pod that sends more than its routes carry would depend on path MTU discovery from its first packet.
    mtu: Math.min(...mtus.filter((mtu): mtu is number => mtu !== undefined && mtu > 0)),
    mac: link.address,
    dns: result.dns,
  };
}

/** Made by a plugin: the prefix of an address comes with the address, and router advertisements come to the pod itself. */
function isGiven({ dev, kind, table, protocol }: Route, ifname: string): boolean {
  return (
    dev === ifname && kind === "unicast" && table === 254 && !["kernel", "ra"].includes(protocol)
  );
}

/** In the result's order, as the kernel has them; then what the plugins made beyond their result. */
function routesOf(
  result: CniResult,
  addresses: PortSetting["addresses"],
  present: readonly Route[],
): readonly PortRoute[] {
  const left = [...present];
  const said = result.routes.map((route) => {
    const at = left.findIndex(({ dst, via }) => {
      return dst === route.dst && (route.gw === undefined || route.gw === via);
    });
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found === undefined ? asSaid(route, addresses) : asPresent(found, route.mtu);
  });
  return [...said, ...left.map((route) => asPresent(route))];
}

function asPresent({ dst, via, mtu }: Route, saidMtu?: number): PortRoute {
  return portRoute(dst, via, mtu ?? saidMtu);
}

/** Elsewhere than in the main table, such as of plugin sbr. Without a gateway it means the address's: convention of IPAM plugins. */
function asSaid({ dst, gw, mtu }: CniRoute, addresses: PortSetting["addresses"]): PortRoute {
  const family = familyOf(dst);
  const usual = addresses.find(({ address }) => familyOf(address) === family)?.gateway;
  return portRoute(dst, gw ?? usual, mtu);
}

function portRoute(dst: string, gw: string | undefined, mtu: number | undefined): PortRoute {
  return { dst, ...(gw !== undefined && { gw }), ...(mtu !== undefined && mtu > 0 && { mtu }) };
}
