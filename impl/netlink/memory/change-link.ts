/** `ip link set` in memory: everything is checked before anything changes. */
import { checkedMac, checkName } from "../argument.ts";
import { altNameWords, linkSetWords } from "../command.ts";
import type { LinkChange } from "../kernel.ts";
import { addLoopbackAddresses, dropIpv6 } from "./addresses.ts";
import { checkAddress, checkMtu, unplug } from "./links.ts";
import {
  findLink,
  type MemoryLink,
  type MemoryNamespace,
  needLink,
  type Place,
  refusal,
  tell,
} from "./model.ts";
import { addPrefixRoutes, flushLink } from "./routes.ts";

export function changeLink(
  place: Place,
  name: string,
  { change, target }: { readonly change: LinkChange; readonly target: MemoryNamespace },
): void {
  const words = () => linkSetWords(name, change);
  if (change.name !== undefined) checkName(change.name, words);
  const link = needLink(place, name, words);
  checkedMac(change.address, words);
  for (const altName of change.altNames?.del ?? []) dropAltName(place, link, altName);
  const master = newMaster(place, { link, change, target, words });
  checkMtu(place, change.mtu, words);
  checkAddress(place, change.address, words);
  if (target !== link.netns) {
    checkMove(place, { link, change, target, words });
    move(link, target, change.name);
  } else if (change.name !== undefined) {
    const owner = findLink(target, change.name);
    if (owner !== undefined && link.name !== change.name) throw taken(place, words);
    renameSysctls(target, link.name, change.name);
    link.name = change.name;
  }
  if (change.mtu !== undefined) link.mtu = change.mtu;
  if (change.address !== undefined) link.address = change.address.toLowerCase();
  if (change.promisc !== undefined) link.promisc = change.promisc;
  if (change.allmulticast !== undefined) link.allmulticast = change.allmulticast;
  if (change.multicast !== undefined) link.multicast = change.multicast;
  if (change.arp !== undefined) link.arp = change.arp;
  if (change.group !== undefined) link.group = change.group;
  if (change.gsoMaxSize !== undefined) link.gsoMaxSize = change.gsoMaxSize;
  if (change.gsoMaxSegs !== undefined) link.gsoMaxSegs = change.gsoMaxSegs;
  if (change.groMaxSize !== undefined) link.groMaxSize = change.groMaxSize;
  if (change.xdp === "off") link.xdp = "";
  if (change.txQueueLen !== undefined) link.txQueueLen = change.txQueueLen;
  if (change.alias !== undefined) link.alias = change.alias;
  if (change.master !== undefined) link.master = master;
  if (change.up !== undefined) setUp(link, change.up);
  for (const altName of change.altNames?.add ?? []) addAltName(place, link, altName);
  tell(link);
}

interface Asked {
  readonly link: MemoryLink;
  readonly change: LinkChange;
  readonly target: MemoryNamespace;
  readonly words: () => string;
}

function taken(place: Place, words: () => string) {
  return refusal(place, "EEXIST", { words: words() });
}

function newMaster(place: Place, { link, change, target, words }: Asked): MemoryLink | undefined {
  if (change.master === undefined || change.master === null) return undefined;
  const master = needLink({ ...place, netns: target }, change.master, words);
  if (master.kind !== "bridge") throw refusal(place, "EOPNOTSUPP", { words: words() });
  if (link.kind === "bridge") throw refusal(place, "ELOOP", { words: words() });
  if (link.kind === "loopback") throw refusal(place, "EINVAL", { words: words() });
  return master;
}

function checkMove(place: Place, { link, change, target, words }: Asked): void {
  if (link.kind === "loopback" || link.kind === "bridge") {
    const text = "The interface netns is immutable";
    throw refusal(place, "EINVAL", { words: words(), text });
  }
  const names = [change.name ?? link.name, ...link.altNames];
  if (names.some((name) => findLink(target, name) !== undefined)) throw taken(place, words);
}

/** Down, without what the old namespace gave it; what is the link's own goes with it. */
export function move(link: MemoryLink, target: MemoryNamespace, name: string | undefined): void {
  unplug(link);
  link.netns = target;
  link.name = name ?? link.name;
  // The index stays if it is free.
  if (target.links.some((other) => other.index === link.index)) link.index = target.nextIndex;
  target.nextIndex = Math.max(target.nextIndex, link.index + 1);
  target.links.push(link);
  if (link.peer !== undefined) tell(link.peer);
}

/** A link's settings are its own, whatever it is called. */
function renameSysctls({ sysctls }: MemoryNamespace, from: string, to: string): void {
  for (const [key, value] of [...sysctls]) {
    const [net, family, conf, link, ...rest] = key.split("/");
    if (conf !== "conf" || link !== from) continue;
    sysctls.delete(key);
    sysctls.set([net, family, conf, to, ...rest].join("/"), value);
  }
}

function setUp(link: MemoryLink, up: boolean): void {
  if (link.up === up) return;
  link.up = up;
  if (!up) {
    flushLink(link);
    dropIpv6(link);
    link.neighs = [];
  } else {
    if (link.kind === "loopback") addLoopbackAddresses(link);
    addPrefixRoutes(link, link.addresses);
  }
  if (link.peer !== undefined) tell(link.peer);
  if (link.master !== undefined) tell(link.master);
}

function addAltName(place: Place, link: MemoryLink, altName: string): void {
  if (findLink(link.netns, altName) !== undefined) {
    throw refusal(place, "EEXIST", { words: altNameWords("add", link.name, altName) });
  }
  link.altNames.push(altName);
}

function dropAltName(place: Place, link: MemoryLink, altName: string): void {
  if (!link.altNames.includes(altName)) {
    throw refusal(place, "ENOENT", { words: altNameWords("del", link.name, altName) });
  }
  link.altNames = link.altNames.filter((other) => other !== altName);
}
