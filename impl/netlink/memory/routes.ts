/** Routes in memory: what the kernel would refuse, keep, and drop with a link or an address. */
import { checkedIp, checkedPrefix } from "../argument.ts";
import { routeWords } from "../command.ts";
import { contains, networkOf, type Prefix, parsePrefix, printPrefix } from "../ip-address.ts";
import type { Route, RouteSpec } from "../kernel.ts";
import {
  type MemoryAddress,
  type MemoryLink,
  type MemoryRoute,
  needLink,
  type Place,
  refusal,
} from "./model.ts";

const mainTable = 254;
const ipv6Metric = 1024;
const ipv6PrefixMetric = 256;

export function listRoutes(place: Place): Route[] {
  const shown = place.netns.routes.map(({ link, ...route }) =>
    link === undefined ? route : { ...route, dev: link.name },
  );
  return [4, 6].flatMap((family) => shown.filter((route) => route.family === family));
}

export function changeRoute(place: Place, verb: "add" | "replace", spec: RouteSpec): void {
  const words = () => routeWords(verb, spec);
  const route = resolve(place, spec, words);
  const { routes } = place.netns;
  const at = routes.findIndex((other) => sameKey(other, route));
  if (at < 0) routes.push(route);
  else if (verb === "replace") routes[at] = route;
  else throw refusal(place, "EEXIST", { words: words() });
}

/** Two routes of one table to one destination differ by metric only. */
function sameKey(one: MemoryRoute, other: MemoryRoute): boolean {
  return one.dst === other.dst && one.table === other.table && one.metric === other.metric;
}

export function deleteRoute(place: Place, spec: RouteSpec): void {
  const words = () => routeWords("del", spec);
  const dst = printPrefix(networkOf(checkedPrefix(spec.dst, words)));
  const link = spec.dev === undefined ? undefined : needLink(place, spec.dev, words);
  const via = spec.via === undefined ? undefined : checkedIp(spec.via, words);
  const asked = (wanted: unknown, value: unknown) => wanted === undefined || wanted === value;
  const at = place.netns.routes.findIndex(
    (route) =>
      route.dst === dst &&
      route.table === (spec.table ?? mainTable) &&
      asked(via, route.via) &&
      asked(link, route.link) &&
      asked(spec.metric, route.metric) &&
      asked(spec.kind, route.kind) &&
      asked(spec.src, route.src) &&
      // The IPv6 side does not compare these.
      (route.family === 6 || (asked(spec.mtu, route.mtu) && asked(spec.advmss, route.advmss))),
  );
  if (at < 0) throw refusal(place, "ESRCH", { words: words() });
  place.netns.routes.splice(at, 1);
}

function resolve(place: Place, spec: RouteSpec, words: () => string): MemoryRoute {
  const dst = networkOf(checkedPrefix(spec.dst, words));
  const { dev: _, via: viaText, src: srcText, scope: __, ...rest } = spec;
  const via = viaText === undefined ? undefined : checkedIp(viaText, words);
  const src = srcText === undefined ? undefined : checkedIp(srcText, words);
  const kind = spec.kind ?? "unicast";
  const link = kind === "unicast" ? nextHop(place, { spec, dst, via, words }) : undefined;
  if (src !== undefined && !isLocal(place, src)) {
    const text = dst.family === 4 ? "Invalid prefsrc address" : "Invalid source address";
    throw refusal(place, "EINVAL", { words: words(), text });
  }
  const metric = spec.metric ?? (dst.family === 6 ? ipv6Metric : undefined);
  return {
    ...rest,
    family: dst.family,
    dst: printPrefix(dst),
    table: spec.table ?? mainTable,
    kind,
    protocol: "boot",
    link,
    ...(via === undefined ? {} : { via }),
    ...(src === undefined ? {} : { src }),
    ...(metric === undefined ? {} : { metric }),
    ...(dst.family === 4 ? scopeOf(spec, kind) : {}),
  };
}

/** as iproute2 chooses it; "global" is not shown */
function scopeOf({ scope, via }: RouteSpec, kind: string): { scope?: "link" | "host" } {
  const chosen = scope ?? (via === undefined && kind === "unicast" ? "link" : "global");
  return chosen === "global" ? {} : { scope: chosen };
}

interface Hop {
  readonly spec: RouteSpec;
  readonly dst: Prefix;
  readonly via: string | undefined;
  readonly words: () => string;
}

function nextHop(place: Place, { spec, dst, via, words }: Hop): MemoryLink {
  const link = spec.dev === undefined ? undefined : needLink(place, spec.dev, words);
  const refuse = (errno: string, text?: string) =>
    refusal(place, errno, { words: words(), ...(text === undefined ? {} : { text }) });
  const direct = via === undefined || spec.onlink === true || via.startsWith("fe80:");
  if (direct) {
    if (link === undefined) throw refuse("ENODEV");
    if (!link.up) throw refuse("ENETDOWN", "Nexthop device is not up");
    return link;
  }
  const found = lookUp(place, via, link);
  if (found !== undefined) return found;
  throw dst.family === 4
    ? refuse("ENETUNREACH", "Nexthop has invalid gateway")
    : refuse("EHOSTUNREACH");
}

/** The link whose own route leads to `ip`; a gateway must not be behind another gateway. */
function lookUp(place: Place, ip: string, link: MemoryLink | undefined): MemoryLink | undefined {
  let best: { readonly length: number; readonly route: MemoryRoute } | undefined;
  for (const route of place.netns.routes) {
    if (route.table !== mainTable || (link !== undefined && route.link !== link)) continue;
    const dst = parsePrefix(route.dst);
    if (dst === undefined || !contains(dst, ip)) continue;
    if (best === undefined || dst.length > best.length) best = { length: dst.length, route };
  }
  return best?.route.via === undefined ? best?.route.link : undefined;
}

function isLocal(place: Place, ip: string): boolean {
  return place.netns.links.some((link) => link.addresses.some((address) => address.ip === ip));
}

/** A link that goes down or away takes its routes along. */
export function flushLink(link: MemoryLink): void {
  link.netns.routes = link.netns.routes.filter((route) => route.link !== link);
}

export function addPrefixRoutes(link: MemoryLink, addresses: readonly MemoryAddress[]): void {
  for (const address of addresses) {
    const route = prefixRoute(link, address);
    if (route === undefined || link.netns.routes.some((other) => same(other, route))) continue;
    link.netns.routes.push(route);
  }
}

function same(one: MemoryRoute, other: MemoryRoute): boolean {
  return sameKey(one, other) && one.link === other.link && one.protocol === other.protocol;
}

/** A prefix that another address of the link shares keeps its route. */
export function dropPrefixRoute(link: MemoryLink, address: MemoryAddress): void {
  const route = prefixRoute(link, address);
  const { netns } = link;
  if (route !== undefined) {
    netns.routes = netns.routes.filter((other) => !same(other, route));
    if (link.up) addPrefixRoutes(link, link.addresses);
  }
  // Routes that use the address as their source lose their sense.
  if (!link.addresses.some((other) => other.ip === address.ip)) {
    netns.routes = netns.routes.filter((other) => other.src !== address.ip);
  }
}

function prefixRoute(link: MemoryLink, address: MemoryAddress): MemoryRoute | undefined {
  const { family, ip, length, spec } = address;
  if (spec.noprefixroute || (family === 4 && length === 32)) return undefined;
  const dst = printPrefix(networkOf({ family, address: ip, length }));
  const common = { dst, link, table: mainTable, kind: "unicast", protocol: "kernel" } as const;
  return family === 4
    ? { ...common, family, src: ip, scope: "link" }
    : { ...common, family, metric: ipv6PrefixMetric };
}
