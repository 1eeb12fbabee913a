/**
 * One port of `routed` in the kernel: the representor as the pod's router (169.254.1.1 and fe80::1), a host route and
 * a permanent neighbour per address, so that nothing depends on ARP or neighbour discovery towards the pod.
 */
import type { Family, Netns, Route, RouteSpec } from "../../netlink/kernel.ts";
import type { PortSetting } from "../dataplane.ts";
import { gone, refuseBut } from "./ignoring.ts";

/** Link-local and the same on every port: a pod needs no neighbour in its own range. */
export const gateways = { 4: "169.254.1.1", 6: "fe80::1" } as const;
const gatewayCidrs = { 4: "169.254.1.1/32", 6: "fe80::1/64" } as const;

export interface RoutedPort {
  readonly representor: string;
  readonly mtu: number;
  readonly mac: string;
  readonly addresses: readonly { readonly family: Family; readonly address: string }[];
  /** the DPU's own address per family, source of its packets to the pod */
  readonly own: Partial<Readonly<Record<Family, string>>>;
}

export function portOf(
  representor: string,
  setting: Pick<PortSetting, "addresses" | "mtu" | "mac">,
  own: RoutedPort["own"],
): RoutedPort {
  const addresses = setting.addresses.map(({ address }) => {
    const bare = address.replace(/\/.*/, "");
    return { family: bare.includes(":") ? (6 as const) : (4 as const), address: bare };
  });
  return { representor, mtu: setting.mtu, mac: setting.mac, addresses, own };
}

/** Idempotent: each step sets what should be. */
export async function plugPort(netns: Netns, port: RoutedPort): Promise<void> {
  const { representor: dev, mtu, mac } = port;
  for (const [name, value] of sysctlsOf(port)) {
    if ((await netns.sysctl(name)) !== value) await netns.sysctlSet(name, value);
  }
  const refusals = await netns.batch([
    { verb: "linkSet", link: dev, change: { up: true, mtu } },
    ...familiesOf(port).map((family) => {
      const address = { address: gatewayCidrs[family], scope: "link", nodad: true } as const;
      return { verb: "addressAdd", link: dev, address } as const;
    }),
    ...port.addresses.map(({ address }) => {
      return { verb: "neighReplace", link: dev, neigh: { address, lladdr: mac } } as const;
    }),
    ...routesOf(port).map((route) => ({ verb: "routeReplace", route }) as const),
  ]);
  refuseBut(["EEXIST"], refusals);
}

/** Idempotent, and complete whether or not the addresses of the port are known or its representor is there. */
export async function unplugPort(netns: Netns, port: RoutedPort): Promise<void> {
  const { representor: dev } = port;
  const refusals = await netns.batch([
    // Routes first: from here on nothing reaches whoever gets the VF next.
    ...routesOf(port).map((route) => ({ verb: "routeDel", route }) as const),
    ...port.addresses.map(({ address }) => ({ verb: "neighDel", link: dev, address }) as const),
    ...([4, 6] as const).map((family) => {
      return { verb: "addressDel", link: dev, address: gatewayCidrs[family] } as const;
    }),
    // Down also takes what is left of a port whose addresses nobody knows any more.
    { verb: "linkSet", link: dev, change: { up: false } },
  ]);
  refuseBut(gone, refusals);
}

/** The first thing of the port that is not in the kernel as `plugPort` made it; undefined when all is. `routes` is
 *  what the kernel has now. */
export async function portDifference(
  netns: Netns,
  port: RoutedPort,
  routes: readonly Route[],
): Promise<string | undefined> {
  const { representor: dev, mtu, mac } = port;
  const link = await netns.link(dev);
  if (link === undefined) return `representor "${dev}" does not exist`;
  if (!link.up) return `representor "${dev}" is down`;
  if (link.mtu !== mtu) return `representor "${dev}" has MTU ${link.mtu}, expected ${mtu}`;
  for (const [name, value] of sysctlsOf(port)) {
    const now = await netns.sysctl(name);
    if (now !== value) return `sysctl ${name} is ${now ?? "absent"}, expected ${value}`;
  }
  const addresses = (await netns.addresses(dev)).map(({ address }) => address);
  for (const family of familiesOf(port)) {
    const gateway = gatewayCidrs[family];
    if (!addresses.includes(gateway)) return `gateway ${gateway} is missing on "${dev}"`;
  }
  for (const { dst } of routesOf(port)) {
    const found = routes.filter((route) => route.dst === dst && route.table === 254);
    if (found.length === 0) return `route to ${dst} is missing`;
    const other = found.find((route) => route.dev !== dev || route.kind !== "unicast");
    if (other !== undefined) {
      return `route to ${dst} leads to "${other.dev ?? other.kind}", expected "${dev}"`;
    }
  }
  const neighs = await netns.neighs(dev);
  for (const { address } of port.addresses) {
    const neigh = neighs.find((one) => one.address === address && one.proxy !== true);
    if (neigh === undefined) return `neighbour ${address} is missing on "${dev}"`;
    if (neigh.lladdr !== mac) {
      return `neighbour ${address} on "${dev}" has MAC ${neigh.lladdr || "none"}, expected ${mac}`;
    }
  }
  return undefined;
}

function familiesOf(port: RoutedPort): readonly Family[] {
  return ([4, 6] as const).filter((f) => port.addresses.some(({ family }) => family === f));
}

function routesOf(port: RoutedPort): readonly RouteSpec[] {
  return port.addresses.map(({ family, address }) => {
    const src = port.own[family];
    const source = src === undefined ? {} : { src };
    return family === 4
      ? { dst: `${address}/32`, dev: port.representor, scope: "link", ...source }
      : { dst: `${address}/128`, dev: port.representor, ...source };
  });
}

function sysctlsOf(port: RoutedPort): readonly (readonly [name: string, value: string])[] {
  const { representor: dev } = port;
  const families = familiesOf(port);
  return [
    ...(families.includes(4)
      ? ([
          [`net/ipv4/conf/${dev}/forwarding`, "1"],
          // Strict: a pod can send from its own addresses only.
          [`net/ipv4/conf/${dev}/rp_filter`, "1"],
        ] as const)
      : []),
    ...(families.includes(6)
      ? ([
          [`net/ipv6/conf/${dev}/disable_ipv6`, "0"],
          // No address derived from the representor's MAC: fe80::1 is the only one.
          [`net/ipv6/conf/${dev}/addr_gen_mode`, "1"],
          [`net/ipv6/conf/${dev}/accept_ra`, "0"],
          [`net/ipv6/conf/${dev}/forwarding`, "1"],
        ] as const)
      : []),
  ];
}
