/** A namespace handle of the kernel in memory. */
import { inNamespace, vfSetWords } from "../command.ts";
import type {
  AddressSpec,
  Change,
  Filter,
  FilterPlace,
  LinkChange,
  LinkEvent,
  LinkSpec,
  Neigh,
  Netns,
  Qdisc,
  Redirect,
  RouteSpec,
  Rule,
  VfChange,
} from "../kernel.ts";
import { NetlinkError } from "../netlink-error.ts";
import { oneByOne } from "../one-by-one.ts";
import { addAddress, deleteAddress, listAddresses } from "./addresses.ts";
import { changeLink } from "./change-link.ts";
import { addFilter, deleteFilter, listDrops, listFilters } from "./filters.ts";
import { watchLinks } from "./link-watch.ts";
import { addLink, deleteLink, showLink } from "./links.ts";
import { deliver, openListener } from "./listeners.ts";
import { findLink, type MemoryNamespace, needLink, type Place, refusal } from "./model.ts";
import { addRedirect, deleteRedirect, listRedirects } from "./redirects.ts";
import { changeRoute, deleteRoute, listRoutes } from "./routes.ts";
import { readSysctl, writeSysctl } from "./sysctls.ts";
import * as tables from "./tables.ts";

/** one VLAN tag more than the MTU and the Ethernet header */
const frameOverhead = 18;
const ethernetHeader = 14;

/** How one handle reaches into another: a property, so that a handle wrapped by a test works too. */
const inside = Symbol("memory namespace");

export class MemoryNetns implements Netns {
  readonly id: string;
  readonly name: string;
  readonly #place: Place;
  readonly #release: () => void;
  #disposed = false;

  constructor(place: Place, release: () => void) {
    this.id = place.netns.id;
    this.name = place.name;
    this.#place = place;
    this.#release = release;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#release();
  }

  batch(changes: readonly Change[]) {
    return oneByOne(this, changes);
  }

  async links() {
    return this.#at("ip -d link show").netns.links.map(showLink);
  }

  async link(name: string) {
    const link = findLink(this.#at(`ip -d link show dev ${name}`).netns, name);
    return link === undefined ? undefined : showLink(link);
  }

  async linkAdd(spec: LinkSpec) {
    const place = this.#at("ip link add");
    const peer = spec.kind === "veth" ? spec.peer.netns : undefined;
    addLink(place, spec, peer === undefined ? place.netns : namespaceOf(peer));
  }

  async linkSet(name: string, change: LinkChange) {
    const place = this.#at(`ip link set dev ${name}`);
    const target = change.netns === undefined ? place.netns : namespaceOf(change.netns);
    changeLink(place, name, { change, target });
  }

  async linkDel(name: string) {
    deleteLink(this.#at(`ip link del dev ${name}`), name);
  }

  async addresses(link?: string) {
    return listAddresses(this.#at("ip address show"), link);
  }

  async addressAdd(link: string, address: AddressSpec) {
    addAddress(this.#at("ip address add"), link, address);
  }

  async addressDel(link: string, address: string) {
    deleteAddress(this.#at("ip address del"), link, address);
  }

  async routes() {
    return listRoutes(this.#at("ip route show table all"));
  }

  async routeAdd(route: RouteSpec) {
    changeRoute(this.#at("ip route add"), "add", route);
  }

  async routeReplace(route: RouteSpec) {
    changeRoute(this.#at("ip route replace"), "replace", route);
  }

  async routeDel(route: RouteSpec) {
    deleteRoute(this.#at("ip route del"), route);
  }

  async rules() {
    return tables.listRules(this.#at("ip rule show"));
  }

  async ruleAdd(rule: Rule) {
    tables.addRule(this.#at("ip rule add"), rule);
  }

  async ruleDel(rule: Rule) {
    tables.deleteRule(this.#at("ip rule del"), rule);
  }

  async neighs(link: string) {
    return tables.listNeighs(this.#at("ip neigh show"), link);
  }

  async neighReplace(link: string, neigh: Neigh) {
    tables.replaceNeigh(this.#at("ip neigh replace"), link, neigh);
  }

  async neighDel(link: string, address: string, proxy = false) {
    tables.deleteNeigh(this.#at("ip neigh del"), link, { address, proxy });
  }

  async qdiscs(link: string) {
    return tables.listQdiscs(this.#at("tc qdisc show"), link);
  }

  async qdiscAdd(link: string, qdisc: Qdisc) {
    tables.addQdisc(this.#at("tc qdisc add"), link, qdisc);
  }

  async qdiscDel(link: string, qdisc: Qdisc) {
    tables.deleteQdisc(this.#at("tc qdisc del"), link, qdisc);
  }

  async redirects(link: string) {
    return listRedirects(this.#at("tc filter show"), link);
  }

  async redirectAdd(link: string, redirect: Redirect) {
    addRedirect(this.#at("tc filter add"), link, redirect);
  }

  async redirectDel(link: string, preference: number) {
    deleteRedirect(this.#at("tc filter del"), link, preference);
  }

  async filters(link: string) {
    return listFilters(this.#at("tc filter show"), link);
  }

  async filterAdd(link: string, filter: Filter) {
    addFilter(this.#at("tc filter add"), link, filter);
  }

  async filterDel(link: string, place: FilterPlace) {
    deleteFilter(this.#at("tc filter del"), link, place);
  }

  async drops() {
    return listDrops(this.#at("tc -s qdisc show"));
  }

  async features(name: string) {
    const words = () => `ethtool -k ${name}`;
    return needLink(this.#at(words()), name, words).features;
  }

  async featuresSet(name: string, features: string) {
    const words = () => `ethtool -K ${name} features ${features}`;
    const link = needLink(this.#at(words()), name, words);
    if (features.split(" ").length !== link.features.split(" ").length) {
      throw refusal(this.#place, "EINVAL", { words: words() });
    }
    link.features = features;
  }

  async vfs(pf: string) {
    const words = () => `ip link show dev ${pf}`;
    return needLink(this.#at(words()), pf, words).vfs ?? [];
  }

  async vfSet(pf: string, index: number, change: VfChange) {
    const words = () => vfSetWords(pf, index, change);
    const place = this.#at(words());
    const { vfs } = needLink(place, pf, words);
    if (vfs === undefined) throw refusal(place, "EOPNOTSUPP", { words: words() });
    const at = vfs.findIndex((vf) => vf.index === index);
    const vf = vfs[at];
    if (vf === undefined) throw refusal(place, "EINVAL", { words: words() });
    vfs[at] = { ...vf, ...change };
  }

  async sysctl(name: string) {
    return readSysctl(this.#at(`sysctl ${name}`), name);
  }

  async sysctlSet(name: string, value: string) {
    writeSysctl(this.#at(`sysctl -w ${name}`), name, value);
  }

  async sendFrame(name: string, frame: Uint8Array) {
    const words = `send a frame out of ${name}`;
    const place = this.#at(words);
    const link = needLink(place, name, () => words);
    if (!link.up) throw refusal(place, "ENETDOWN", { words });
    if (frame.length < ethernetHeader) throw refusal(place, "EINVAL", { words });
    if (frame.length > link.mtu + frameOverhead) throw refusal(place, "EMSGSIZE", { words });
    place.state.frames.push({ netns: this.id, link: link.name, frame: Uint8Array.from(frame) });
    deliver(link, Uint8Array.from(frame));
  }

  async listen(protocol: number | "any") {
    return openListener(this.#at("listen for frames").netns, protocol);
  }

  watchLinks(signal: AbortSignal): AsyncIterable<LinkEvent> {
    return watchLinks(this.#at("ip monitor link").netns, signal);
  }

  [inside](): MemoryNamespace {
    return this.#at("ip link set").netns;
  }

  #at(words: string): Place {
    if (!this.#disposed) return this.#place;
    throw new NetlinkError("EBADF", inNamespace(this.name, words), "the handle is disposed");
  }
}

function namespaceOf(netns: Netns): MemoryNamespace {
  if (isOurs(netns)) return netns[inside]();
  throw new TypeError(`Cannot use namespace "${netns.name}": it is of another kernel`);
}

function isOurs(netns: Netns): netns is Netns & { [inside](): MemoryNamespace } {
  return inside in netns;
}
