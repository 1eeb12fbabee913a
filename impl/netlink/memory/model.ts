/** The state of the kernel in memory: namespaces and what hangs on their links. */

import { inNamespace } from "../command.ts";
import { errnoText } from "../errno-name.ts";
import type {
  AddressSpec,
  Family,
  Filter,
  LinkEvent,
  Neigh,
  Qdisc,
  Redirect,
  Route,
  Rule,
  VfSetting,
} from "../kernel.ts";
import { NetlinkError } from "../netlink-error.ts";
import type { MemoryListener } from "./listeners.ts";

export interface MemoryLink {
  netns: MemoryNamespace;
  index: number;
  name: string;
  /** "device" has a bus address and comes home when its namespace dies; the contract shows it as "" */
  readonly kind: "loopback" | "veth" | "bridge" | "device";
  address: string;
  mtu: number;
  up: boolean;
  promisc: boolean;
  allmulticast: boolean;
  multicast: boolean;
  arp: boolean;
  txQueueLen: number;
  group: number;
  gsoMaxSize: number;
  gsoMaxSegs: number;
  groMaxSize: number;
  xdp: string;
  features: string;
  alias: string;
  altNames: string[];
  readonly parentDevice?: string;
  /** of a physical function whose driver tells them */
  readonly vfs?: VfSetting[];
  master: MemoryLink | undefined;
  /** the other end of a veth */
  peer: MemoryLink | undefined;
  addresses: MemoryAddress[];
  neighs: Neigh[];
  qdiscs: Qdisc[];
  redirects: MemoryRedirect[];
  filters: Filter[];
}

export interface MemoryRedirect extends Omit<Redirect, "to"> {
  readonly to: MemoryLink;
}

export interface MemoryAddress {
  readonly family: Family;
  /** canonical */
  readonly ip: string;
  readonly length: number;
  readonly spec: AddressSpec;
}

export interface MemoryRoute extends Omit<Route, "dev"> {
  readonly link: MemoryLink | undefined;
}

export interface MemoryNamespace {
  readonly id: string;
  links: MemoryLink[];
  nextIndex: number;
  routes: MemoryRoute[];
  rules: Rule[];
  /** values that were set; the rest have their defaults */
  readonly sysctls: Map<string, string>;
  readonly watchers: Set<(event: LinkEvent) => void>;
  listeners: MemoryListener[];
  /** nsid by namespace id, as `ip netns list-id` */
  readonly peers: Map<string, number>;
  /** paths and handles; at zero the namespace dies */
  holders: number;
}

export interface SentFrame {
  /** id of the namespace */
  readonly netns: string;
  readonly link: string;
  readonly frame: Uint8Array;
}

export interface MemoryState {
  readonly own: MemoryNamespace;
  /** a namespace, or a file that is none */
  readonly paths: Map<string, MemoryNamespace | "file">;
  readonly frames: SentFrame[];
}

let inode = 4026532000;
let macs = 0;

export function createNamespace(): MemoryNamespace {
  inode += 1;
  const netns: MemoryNamespace = {
    id: `4:${inode}`,
    links: [],
    nextIndex: 1,
    routes: [],
    rules: [
      { family: 4, priority: 0, table: 255 },
      { family: 4, priority: 32766, table: 254 },
      { family: 4, priority: 32767, table: 253 },
      { family: 6, priority: 0, table: 255 },
      { family: 6, priority: 32766, table: 254 },
    ],
    sysctls: new Map(),
    watchers: new Set(),
    listeners: [],
    peers: new Map(),
    holders: 0,
  };
  createLink(netns, { name: "lo", kind: "loopback", address: "00:00:00:00:00:00", mtu: 65536 });
  return netns;
}

export function createLink(
  netns: MemoryNamespace,
  given: Pick<MemoryLink, "name" | "kind"> & Partial<MemoryLink>,
): MemoryLink {
  macs += 1;
  const tail = [macs >> 16, macs >> 8, macs].map((byte) =>
    (byte & 0xff).toString(16).padStart(2, "0"),
  );
  const link: MemoryLink = {
    netns,
    index: netns.nextIndex,
    address: `02:4d:4d:${tail.join(":")}`,
    mtu: 1500,
    up: false,
    promisc: false,
    allmulticast: false,
    multicast: given.kind !== "loopback",
    arp: true,
    group: 0,
    gsoMaxSize: 65536,
    gsoMaxSegs: 65535,
    groMaxSize: 65536,
    xdp: "",
    features: "1c013ba9 4c21",
    txQueueLen: 1000,
    alias: "",
    altNames: [],
    master: undefined,
    peer: undefined,
    addresses: [],
    neighs: [],
    qdiscs: [],
    redirects: [],
    filters: [],
    ...given,
  };
  netns.nextIndex += 1;
  netns.links.push(link);
  return link;
}

export function tell(link: MemoryLink, kind: LinkEvent["kind"] = "changed"): void {
  const { netns, name, index } = link;
  for (const watcher of netns.watchers) watcher({ kind, name, index });
}

/** What the verbs of one handle work on. */
export interface Place {
  readonly state: MemoryState;
  readonly netns: MemoryNamespace;
  /** the handle's, for commands */
  readonly name: string;
}

export function refusal(
  place: Place,
  errno: string,
  { words, text }: { readonly words: string; readonly text?: string },
): NetlinkError {
  return new NetlinkError(errno, inNamespace(place.name, words), text ?? errnoText(errno));
}

export function findLink(netns: MemoryNamespace, name: string): MemoryLink | undefined {
  return netns.links.find((link) => link.name === name || link.altNames.includes(name));
}

export function needLink(place: Place, name: string, words: () => string): MemoryLink {
  const link = findLink(place.netns, name);
  if (link === undefined) throw refusal(place, "ENODEV", { words: words() });
  return link;
}

/** whether it has a carrier */
export function isRunning(link: MemoryLink): boolean {
  if (!link.up) return false;
  switch (link.kind) {
    case "loopback":
    case "device":
      return true;
    case "veth":
      return link.peer?.up ?? false;
    case "bridge":
      return link.netns.links.some((port) => port.master === link && isRunning(port));
  }
}
