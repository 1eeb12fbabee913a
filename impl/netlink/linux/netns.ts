/** A namespace handle on Linux: the descriptor, its sockets, and the verbs spoken through them. */
import { closeSync } from "node:fs";
import type {
  Address,
  AddressSpec,
  Change,
  Filter,
  FilterPlace,
  Link,
  LinkChange,
  LinkEvent,
  LinkSpec,
  Listener,
  Neigh,
  Netns,
  Qdisc,
  Redirect,
  Route,
  RouteSpec,
  Rule,
  VfChange,
  VfSetting,
} from "../kernel.ts";
import { NetlinkError } from "../netlink-error.ts";
import { addAddress, deleteAddress, listAddresses } from "./addresses.ts";
import { runBatch } from "./batch.ts";
import { changeLink, type Side } from "./change-link.ts";
import { changeFeatures, listFeatures } from "./features.ts";
import { addFilter, deleteFilter, listFilters } from "./filters.ts";
import { watchLinks } from "./link-watch.ts";
import { addLink, deleteLink, findLink, linkIndex, listLinks } from "./links.ts";
import { openListener } from "./listener.ts";
import { inNamespace, type Namespace } from "./namespace.ts";
import { deleteNeigh, listNeighs, replaceNeigh } from "./neighs.ts";
import { openPacketSocket, type PacketSocket } from "./packet-socket.ts";
import { changeQdisc, listDrops, listQdiscs } from "./qdiscs.ts";
import { addRedirect, deleteRedirect, listRedirects } from "./redirects.ts";
import { RequestSocket } from "./request-socket.ts";
import { changeRoute, listRoutes } from "./routes.ts";
import { changeRule, listRules } from "./rules.ts";
import { readSysctl, writeSysctl } from "./sysctls.ts";
import { quickTurn } from "./turns.ts";
import { listVfs, setVf } from "./vfs.ts";

/** How one handle reaches into another: a property, so that a handle wrapped by a test works too. */
const inside = Symbol("linux namespace");
const holding = Symbol("keep open");

/** Takes `namespace` over: disposing the handle closes it. */
export class LinuxNetns implements Netns {
  readonly id: string;
  readonly name: string;
  readonly #namespace: Namespace;
  readonly #socket: RequestSocket;
  #slow: RequestSocket | undefined;
  /** requests under way or waiting for their turn: what they use is closed after the last */
  #pending = 0;
  #packets: PacketSocket | undefined;
  #disposed = false;

  constructor(name: string, namespace: Namespace) {
    this.name = name;
    this.id = namespace.id;
    this.#namespace = namespace;
    // A netlink socket stays in the namespace it was made in, so the verbs need not enter it again.
    this.#socket = inNamespace(namespace, () => new RequestSocket(name));
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#packets?.[Symbol.dispose]();
    if (this.#pending === 0) this.#close();
  }

  #close(): void {
    this.#socket[Symbol.dispose]();
    this.#slow?.[Symbol.dispose]();
    closeSync(this.#namespace.fd);
  }

  /** Keeps what `work` uses open until it settles, also when the handle is disposed meanwhile. */
  async [holding]<T>(work: () => Promise<T>): Promise<T> {
    this.#pending += 1;
    try {
      return await work();
    } finally {
      this.#pending -= 1;
      if (this.#disposed && this.#pending === 0) this.#close();
    }
  }

  async batch(changes: readonly Change[]): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#quick((socket) => runBatch(socket, changes));
  }

  async links(): Promise<readonly Link[]> {
    return this.#quick(listLinks);
  }

  async link(name: string): Promise<Link | undefined> {
    return this.#quick((socket) => findLink(socket, name));
  }

  async linkAdd(spec: LinkSpec): Promise<void> {
    const peer = spec.kind === "veth" ? spec.peer.netns : undefined;
    const fd = peer === undefined ? undefined : sideOf(peer).fd;
    await this.#quick((socket) => addLink(socket, spec, fd));
  }

  async linkSet(name: string, change: LinkChange): Promise<void> {
    const { netns } = change;
    const target = netns === undefined ? undefined : sideOf(netns);
    const side = sideOf(this);
    const work = async () => {
      if (quickTurn() !== undefined) await untilQuick();
      return changeLink(side, name, { change, target });
    };
    await this[holding](() => (netns === undefined ? work() : ours(netns)[holding](work)));
  }

  async linkDel(name: string): Promise<void> {
    const side = sideOf(this);
    await this[holding](async () => {
      if (quickTurn() !== undefined) await untilQuick();
      return deleteLink(side, name);
    });
  }

  async addresses(link?: string): Promise<readonly Address[]> {
    return this.#quick((socket) => listAddresses(socket, link));
  }

  async addressAdd(link: string, address: AddressSpec): Promise<void> {
    await this.#quick((socket) => addAddress(socket, link, address));
  }

  async addressDel(link: string, address: string): Promise<void> {
    await this.#quick((socket) => deleteAddress(socket, link, address));
  }

  async routes(): Promise<readonly Route[]> {
    return this.#quick(listRoutes);
  }

  async routeAdd(route: RouteSpec): Promise<void> {
    await this.#quick((socket) => changeRoute(socket, "add", route));
  }

  async routeReplace(route: RouteSpec): Promise<void> {
    await this.#quick((socket) => changeRoute(socket, "replace", route));
  }

  async routeDel(route: RouteSpec): Promise<void> {
    await this.#quick((socket) => changeRoute(socket, "del", route));
  }

  async rules(): Promise<readonly Rule[]> {
    return this.#quick(listRules);
  }

  async ruleAdd(rule: Rule): Promise<void> {
    await this.#quick((socket) => changeRule(socket, "add", rule));
  }

  async ruleDel(rule: Rule): Promise<void> {
    await this.#quick((socket) => changeRule(socket, "del", rule));
  }

  async neighs(link: string): Promise<readonly Neigh[]> {
    return this.#quick((socket) => listNeighs(socket, link));
  }

  async neighReplace(link: string, neigh: Neigh): Promise<void> {
    await this.#quick((socket) => replaceNeigh(socket, link, neigh));
  }

  async neighDel(link: string, address: string, proxy = false): Promise<void> {
    await this.#quick((socket) => deleteNeigh(socket, link, { address, proxy }));
  }

  async qdiscs(link: string): Promise<readonly Qdisc[]> {
    return this.#quick((socket) => listQdiscs(socket, link));
  }

  async qdiscAdd(link: string, qdisc: Qdisc): Promise<void> {
    await this.#quick((socket) => changeQdisc(socket, "add", { link, qdisc }));
  }

  async qdiscDel(link: string, qdisc: Qdisc): Promise<void> {
    await this.#quick((socket) => changeQdisc(socket, "del", { link, qdisc }));
  }

  async redirects(link: string): Promise<readonly Redirect[]> {
    return this.#quick((socket) => listRedirects(socket, link));
  }

  async redirectAdd(link: string, redirect: Redirect): Promise<void> {
    await this.#quick((socket) => addRedirect(socket, link, redirect));
  }

  async redirectDel(link: string, preference: number): Promise<void> {
    await this.#quick((socket) => deleteRedirect(socket, link, preference));
  }

  async filters(link: string): Promise<readonly Filter[]> {
    return this.#quick((socket) => listFilters(socket, link));
  }

  async filterAdd(link: string, filter: Filter): Promise<void> {
    await this.#quick((socket) => addFilter(socket, link, filter));
  }

  async filterDel(link: string, place: FilterPlace): Promise<void> {
    await this.#quick((socket) => deleteFilter(socket, link, place));
  }

  async drops(): Promise<ReadonlyMap<string, number>> {
    return this.#quick(listDrops);
  }

  async features(link: string): Promise<string> {
    return this.#quick((socket) => listFeatures(socket, link));
  }

  async featuresSet(link: string, features: string): Promise<void> {
    await this.#quick((socket) => changeFeatures(socket, link, features));
  }

  async vfs(pf: string): Promise<readonly VfSetting[]> {
    return listVfs(this.#socket, pf);
  }

  async vfSet(pf: string, index: number, change: VfChange): Promise<void> {
    setVf(this.#socket, pf, { index, change });
  }

  async sysctl(name: string): Promise<string | undefined> {
    return readSysctl(this.#held("sysctl"), this.name, name);
  }

  async sysctlSet(name: string, value: string): Promise<void> {
    if (quickTurn() !== undefined) await untilQuick();
    writeSysctl(this.#held("sysctl"), this.name, { name, value });
  }

  async sendFrame(link: string, frame: Uint8Array): Promise<void> {
    const words = () => `send a frame out of ${link}`;
    const index = linkIndex(this.#socket, link, words);
    this.#packets ??= openPacketSocket(this.#namespace);
    this.#packets.send(index, frame, words);
  }

  async listen(protocol: number | "any"): Promise<Listener> {
    const names = () => new Map(listLinks(this.#socket).map(({ index, name }) => [index, name]));
    return openListener(this.#held("listen for frames"), protocol, names);
  }

  watchLinks(signal: AbortSignal): AsyncIterable<LinkEvent> {
    const list = () => listLinks(this.#socket);
    return watchLinks(this.#held("ip monitor link"), list, signal);
  }

  [inside](): Side {
    const namespace = this.#held("ip link set");
    this.#slow ??= inNamespace(namespace, () => new RequestSocket(this.name));
    return { socket: this.#socket, slow: this.#slow, fd: namespace.fd, id: this.id };
  }

  async #quick<T>(work: (socket: RequestSocket) => T): Promise<T> {
    if (quickTurn() === undefined) return work(this.#socket);
    return this[holding](async () => {
      await untilQuick();
      return work(this.#socket);
    });
  }

  #held(command: string): Namespace {
    if (!this.#disposed) return this.#namespace;
    throw new NetlinkError("EBADF", `${command} in "${this.name}"`, "the handle is disposed");
  }
}

/** Until no slow request of this process holds the kernel's lock over links. */
async function untilQuick(): Promise<void> {
  for (let wait = quickTurn(); wait !== undefined; wait = quickTurn()) await wait;
}

interface Ours {
  [inside](): Side;
  [holding]<T>(work: () => Promise<T>): Promise<T>;
}

function sideOf(netns: Netns): Side {
  return ours(netns)[inside]();
}

function ours(netns: Netns): Ours {
  if (isOurs(netns)) return netns;
  throw new TypeError(`Cannot use namespace "${netns.name}": it is of another kernel`);
}

function isOurs(netns: Netns): netns is Netns & Ours {
  return inside in netns && holding in netns;
}
