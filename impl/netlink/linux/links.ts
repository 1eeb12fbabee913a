/** `ip link` over netlink: list, find, add, change, delete. */
import { checkedMac, checkName, longestLinkName } from "../argument.ts";
import {
  type LinkMessage,
  linkFlags,
  linkTypes,
  parseLink,
  printLink,
  skipStatistics,
  xdpText,
} from "../codec/link.ts";
import { messageFlags } from "../codec/message.ts";
import { altNameWords, linkAddWords } from "../command.ts";
import type { Link, LinkSpec } from "../kernel.ts";
import type { RequestSocket } from "./request-socket.ts";

/** IF_OPER_UNKNOWN, IF_OPER_UP */
const operational: readonly (number | undefined)[] = [0, 6];

export function listLinks(socket: RequestSocket): Link[] {
  return socket.dump(
    {
      type: linkTypes.get,
      words: () => "ip -d link show",
      print: (writer) => printLink(writer, { extMask: skipStatistics }),
    },
    (bytes, message) =>
      message.type === linkTypes.new ? toLink(parseLink(bytes, message)) : undefined,
  );
}

export function findLink(socket: RequestSocket, name: string): Link | undefined {
  // The kernel would read an empty name as none given.
  if (name === "") return undefined;
  return socket.find(
    {
      type: linkTypes.get,
      words: () => `ip -d link show dev ${name}`,
      print: (writer) => printLink(writer, { ...selector(name), extMask: skipStatistics }),
      // ERANGE, EINVAL: no link can have such a name.
      absent: ["ENODEV", "ERANGE", "EINVAL"],
    },
    (bytes, message) => toLink(parseLink(bytes, message)),
  );
}

function selector(name: string): { readonly name: string } | { readonly altName: string } {
  return Buffer.byteLength(name) > longestLinkName ? { altName: name } : { name };
}

/** The ioctl that is quicker would read a name only up to these. */
const isPlain = /^[^:\0]+$/;

/** The index of `name`; `words` is the command that needs it. */
export function linkIndex(socket: RequestSocket, name: string, words: () => string): number {
  if (isPlain.test(name) && Buffer.byteLength(name) <= longestLinkName) {
    return socket.index(name, words);
  }
  return socket.get(
    {
      type: linkTypes.get,
      words,
      print: (writer) => printLink(writer, { ...selector(name), extMask: skipStatistics }),
    },
    (bytes, message) => bytes.readInt32LE(message.start + 4),
  );
}

export function toLink(message: LinkMessage): Link {
  const { index, flags, link } = message;
  const up = (flags & linkFlags.up) !== 0;
  const address = message.address ?? "";
  const peer = link === undefined || (link === index && message.linkNetnsId === undefined);
  return {
    index,
    name: message.name ?? "",
    kind: message.kind ?? "",
    address: address.length === 17 ? address : "",
    mtu: message.mtu ?? 0,
    up,
    running: up && (flags & linkFlags.lowerUp) !== 0 && operational.includes(message.operState),
    promisc: (flags & linkFlags.promisc) !== 0,
    allmulticast: (flags & linkFlags.allmulticast) !== 0,
    multicast: (flags & linkFlags.multicast) !== 0,
    arp: (flags & linkFlags.noarp) === 0,
    txQueueLen: message.txQueueLen ?? 0,
    group: message.group ?? 0,
    xdp: xdpText(message.xdp),
    ...optional("gsoMaxSize", message.gsoMaxSize),
    ...optional("gsoMaxSegs", message.gsoMaxSegs),
    ...optional("groMaxSize", message.groMaxSize),
    altNames: message.altNames ?? [],
    ...(message.master === undefined ? {} : { master: message.master }),
    ...(peer ? {} : { peer: link }),
    ...(message.linkNetnsId === undefined ? {} : { peerNetnsId: message.linkNetnsId }),
    ...(message.alias === undefined ? {} : { alias: message.alias }),
    ...(message.parentDevice === undefined ? {} : { parentDevice: message.parentDevice }),
  };
}

/** `peerNetnsFd`: the namespace of a veth's peer, when it is another. */
export function addLink(
  socket: RequestSocket,
  spec: LinkSpec,
  peerNetnsFd: number | undefined,
): void {
  const words = () => linkAddWords(spec);
  checkName(spec.name, words);
  if (spec.kind === "veth") checkName(spec.peer.name, words);
  socket.act({
    type: linkTypes.new,
    flags: messageFlags.create | messageFlags.exclusive,
    words,
    print: (writer) => printLink(writer, linkMessage(spec, peerNetnsFd, words)),
  });
}

function linkMessage(
  spec: LinkSpec,
  peerNetnsFd: number | undefined,
  words: () => string,
): Partial<LinkMessage> {
  const own = { name: spec.name, kind: spec.kind, ...optional("mtu", spec.mtu) };
  if (spec.kind === "bridge") return own;
  const { peer } = spec;
  const vethPeer: LinkMessage = {
    family: 0,
    index: 0,
    flags: 0,
    change: 0,
    name: peer.name,
    ...optional("mtu", peer.mtu),
    ...optional("address", checkedMac(peer.address, words)),
    ...optional("netnsFd", peerNetnsFd),
  };
  return { ...own, ...optional("address", checkedMac(spec.address, words)), vethPeer };
}

/** `{[key]: value}`, or nothing when there is no value. */
export function optional<K extends string, V>(key: K, value: V | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

export async function deleteLink(
  { socket, slow }: { readonly socket: RequestSocket; readonly slow: RequestSocket },
  name: string,
): Promise<void> {
  const words = () => `ip link del dev ${name}`;
  const index = linkIndex(socket, name, words);
  await slow.actSlowly({
    type: linkTypes.del,
    words,
    print: (writer) => printLink(writer, { index }),
  });
}

export function changeAltName(
  socket: RequestSocket,
  verb: "add" | "del",
  link: { readonly index: number; readonly name: string; readonly altName: string },
): void {
  const { index, name, altName } = link;
  socket.act({
    type: verb === "add" ? linkTypes.newProp : linkTypes.delProp,
    flags: verb === "add" ? messageFlags.create | messageFlags.exclusive | messageFlags.append : 0,
    words: () => altNameWords(verb, name, altName),
    print: (writer) => printLink(writer, { index, altNames: [altName] }),
  });
}
