/** Links in memory: showing, adding, deleting. */
import { checkedMac, checkName } from "../argument.ts";
import { linkAddWords } from "../command.ts";
import type { Link, LinkSpec } from "../kernel.ts";
import {
  createLink,
  findLink,
  isRunning,
  type MemoryLink,
  type MemoryNamespace,
  needLink,
  type Place,
  refusal,
  tell,
} from "./model.ts";
import { flushLink } from "./routes.ts";

export function showLink(link: MemoryLink): Link {
  const { peer, master, alias, parentDevice } = link;
  const far = peer !== undefined && peer.netns !== link.netns;
  return {
    index: link.index,
    name: link.name,
    kind: link.kind === "veth" || link.kind === "bridge" ? link.kind : "",
    address: link.address,
    mtu: link.mtu,
    up: link.up,
    running: isRunning(link),
    promisc: link.promisc,
    allmulticast: link.allmulticast,
    multicast: link.multicast,
    arp: link.arp,
    txQueueLen: link.txQueueLen,
    group: link.group,
    gsoMaxSize: link.gsoMaxSize,
    gsoMaxSegs: link.gsoMaxSegs,
    groMaxSize: link.groMaxSize,
    xdp: link.xdp,
    altNames: [...link.altNames],
    ...(master === undefined ? {} : { master: master.index }),
    ...(peer === undefined ? {} : { peer: peer.index }),
    ...(far ? { peerNetnsId: netnsId(link.netns, peer.netns) } : {}),
    ...(alias === "" ? {} : { alias }),
    ...(parentDevice === undefined ? {} : { parentDevice }),
  };
}

function netnsId(from: MemoryNamespace, to: MemoryNamespace): number {
  const id = from.peers.get(to.id) ?? from.peers.size;
  from.peers.set(to.id, id);
  return id;
}

export function addLink(place: Place, spec: LinkSpec, peerNetns: MemoryNamespace): void {
  const words = () => linkAddWords(spec);
  checkName(spec.name, words);
  checkMtu(place, spec.mtu, words);
  const taken = () => refusal(place, "EEXIST", { words: words() });
  if (spec.kind === "bridge") {
    if (findLink(place.netns, spec.name)) throw taken();
    tell(createLink(place.netns, { name: spec.name, kind: "bridge", ...mtuOf(spec) }));
    return;
  }
  const { peer } = spec;
  checkName(peer.name, words);
  checkMtu(place, peer.mtu, words);
  checkAddress(place, checkedMac(spec.address, words), words);
  checkAddress(place, checkedMac(peer.address, words), words);
  const same = peerNetns === place.netns && peer.name === spec.name;
  if (same || findLink(place.netns, spec.name) || findLink(peerNetns, peer.name)) throw taken();
  // The kernel makes the peer first.
  const right = createLink(peerNetns, { name: peer.name, kind: "veth", ...given(peer) });
  const left = createLink(place.netns, { name: spec.name, kind: "veth", ...given(spec) });
  right.peer = left;
  left.peer = right;
  tell(right);
  tell(left);
}

function mtuOf(spec: { readonly mtu?: number }) {
  return spec.mtu === undefined ? {} : { mtu: spec.mtu };
}

function given(spec: { readonly mtu?: number; readonly address?: string }) {
  const address = spec.address === undefined ? {} : { address: spec.address.toLowerCase() };
  return { ...mtuOf(spec), ...address };
}

const leastMtu = 68;
const greatestMtu = 65535;

export function checkMtu(place: Place, mtu: number | undefined, words: () => string): void {
  if (mtu === undefined || (mtu >= leastMtu && mtu <= greatestMtu)) return;
  const text = `mtu ${mtu < leastMtu ? "less than device minimum" : "greater than device maximum"}`;
  throw refusal(place, "EINVAL", { words: words(), text });
}

/** Multicast and all-zero addresses cannot be a link's own. */
export function checkAddress(place: Place, mac: string | undefined, words: () => string): void {
  if (mac === undefined) return;
  const multicast = (Number.parseInt(mac.slice(0, 2), 16) & 1) !== 0;
  if (!multicast && /[1-9a-f]/i.test(mac)) return;
  throw refusal(place, "EADDRNOTAVAIL", { words: words() });
}

export function deleteLink(place: Place, name: string): void {
  const words = () => `ip link del dev ${name}`;
  const link = needLink(place, name, words);
  if (link.kind === "loopback" || link.kind === "device") {
    throw refusal(place, "EOPNOTSUPP", { words: words() });
  }
  destroyLink(link);
}

/** A veth takes its other end along. */
export function destroyLink(link: MemoryLink): void {
  unplug(link);
  const { peer } = link;
  if (peer === undefined) return;
  link.peer = undefined;
  peer.peer = undefined;
  destroyLink(peer);
}

/** Takes the link out of its namespace, with all that hangs on it there. */
export function unplug(link: MemoryLink): void {
  const { netns } = link;
  for (const port of netns.links) {
    if (port.master !== link) continue;
    port.master = undefined;
    tell(port);
  }
  link.up = false;
  flushLink(link);
  link.master = undefined;
  link.addresses = [];
  link.neighs = [];
  link.qdiscs = [];
  link.redirects = [];
  link.filters = [];
  netns.links = netns.links.filter((other) => other !== link);
  for (const name of [...netns.sysctls.keys()]) {
    if (name.split("/")[3] === link.name && name.split("/")[2] === "conf")
      netns.sysctls.delete(name);
  }
  tell(link, "removed");
}
