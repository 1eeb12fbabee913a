/** `ip route` over netlink, both families. */
import { checkedIp, checkedPrefix } from "../argument.ts";
import { messageFlags } from "../codec/message.ts";
import {
  onlinkFlag,
  parseRoute,
  printRoute,
  type RouteMessage,
  routeTypes,
} from "../codec/route.ts";
import { routeWords } from "../command.ts";
import { familyOf, networkOf } from "../ip-address.ts";
import type { Family, Route, RouteSpec } from "../kernel.ts";
import { familyNumbers } from "./family.ts";
import { linkIndex, listLinks, optional } from "./links.ts";
import type { Request, RequestSocket } from "./request-socket.ts";
import { scopeNames, scopeNumbers } from "./scope.ts";

const tables = { main: 254, local: 255 } as const;
const protocols = new Map([
  [0, "unspec"],
  [1, "redirect"],
  [2, "kernel"],
  [3, "boot"],
  [4, "static"],
  [9, "ra"],
  [16, "dhcp"],
  [186, "bgp"],
  [188, "ospf"],
]);
const bootProtocol = 3;
const kinds = { unicast: 1, blackhole: 6, unreachable: 7 } as const;

export function listRoutes(socket: RequestSocket): Route[] {
  const names = new Map(listLinks(socket).map((link) => [link.index, link.name]));
  return [...listFamily(socket, 4, names), ...listFamily(socket, 6, names)];
}

function listFamily(
  socket: RequestSocket,
  family: Family,
  names: ReadonlyMap<number, string>,
): Route[] {
  return socket.dump(
    {
      type: routeTypes.get,
      words: () => `ip -${family} route show table all`,
      print: (writer) => printRoute(writer, { ...anyRoute, family: familyNumbers[family] }),
    },
    (bytes, message) => toRoute(parseRoute(bytes, message), family, names),
  );
}

const anyRoute = {
  dstLength: 0,
  table: 0,
  protocol: 0,
  scope: 0,
  type: 0,
  flags: 0,
} as const;

function toRoute(
  message: RouteMessage,
  family: Family,
  names: ReadonlyMap<number, string>,
): Route | undefined {
  const kind = kindName(message.type);
  if (kind === undefined || message.table === tables.local) return undefined;
  const dev = message.oif === undefined ? undefined : names.get(message.oif);
  // Went away between the two reads.
  if (message.oif !== undefined && dev === undefined) return undefined;
  // Rejecting IPv6 routes are hung on lo; nobody asked for that.
  const reject = kind !== "unicast";
  const scope = scopeNames(message.scope);
  return {
    family,
    dst: `${message.dst ?? (family === 4 ? "0.0.0.0" : "::")}/${message.dstLength}`,
    table: message.table,
    kind,
    protocol: protocols.get(message.protocol) ?? String(message.protocol),
    ...optional("via", message.gateway ?? message.via),
    ...optional("dev", reject ? undefined : dev),
    ...((message.flags & onlinkFlag) === 0 ? {} : { onlink: true }),
    ...(scope === "global" || scope === "site" ? {} : { scope }),
    ...optional("src", message.src),
    ...optional("metric", message.metric),
    ...optional("mtu", message.mtu),
    ...optional("advmss", message.advmss),
  };
}

function kindName(type: number): Route["kind"] | undefined {
  if (type === kinds.unicast) return "unicast";
  if (type === kinds.blackhole) return "blackhole";
  return type === kinds.unreachable ? "unreachable" : undefined;
}

const verbFlags = {
  add: messageFlags.create | messageFlags.exclusive,
  replace: messageFlags.create | messageFlags.replace,
  del: 0,
} as const;

type RouteVerb = keyof typeof verbFlags;

export function changeRoute(socket: RequestSocket, verb: RouteVerb, route: RouteSpec): void {
  socket.act(routeChanging(socket, verb, route));
}

export function routeChanging(socket: RequestSocket, verb: RouteVerb, route: RouteSpec): Request {
  const words = () => routeWords(verb, route);
  const message = routeMessage(socket, { verb, route, words });
  return {
    type: verb === "del" ? routeTypes.del : routeTypes.new,
    flags: verbFlags[verb],
    words,
    print: (writer) => printRoute(writer, message),
  };
}

function routeMessage(
  socket: RequestSocket,
  asked: { readonly verb: string; readonly route: RouteSpec; readonly words: () => string },
): RouteMessage {
  const { verb, route, words } = asked;
  const dst = networkOf(checkedPrefix(route.dst, words));
  const ip = (text: string | undefined) =>
    text === undefined ? undefined : checkedIp(text, words);
  const via = ip(route.via);
  const foreign = via !== undefined && familyOf(via) !== dst.family;
  const deleting = verb === "del";
  return {
    family: familyNumbers[dst.family],
    dstLength: dst.length,
    table: route.table ?? tables.main,
    protocol: deleting ? 0 : bootProtocol,
    scope: scopeOf(route, deleting),
    type: deleting && route.kind === undefined ? 0 : kinds[route.kind ?? "unicast"],
    flags: route.onlink ? onlinkFlag : 0,
    ...(dst.length === 0 ? {} : { dst: dst.address }),
    ...optional(foreign ? "via" : "gateway", via),
    ...optional("oif", route.dev === undefined ? undefined : linkIndex(socket, route.dev, words)),
    ...optional("src", ip(route.src)),
    ...optional("metric", route.metric),
    ...optional("mtu", route.mtu),
    ...optional("advmss", route.advmss),
  };
}

/** iproute2's defaults; NOWHERE matches any scope when deleting. */
function scopeOf({ scope, via, kind }: RouteSpec, deleting: boolean): number {
  if (scope !== undefined) return scopeNumbers[scope];
  if (deleting) return scopeNumbers.nowhere;
  const direct = via === undefined && (kind ?? "unicast") === "unicast";
  return direct ? scopeNumbers.link : scopeNumbers.global;
}
