/** The iproute2 command each verb equals, as errors quote it; both kernels speak through this page. */
import type {
  AddressSpec,
  Filter,
  FilterPlace,
  LinkChange,
  LinkSpec,
  Neigh,
  Qdisc,
  Redirect,
  RouteSpec,
  Rule,
  VfChange,
} from "./kernel.ts";

/** `words` as one would type them to reach the namespace from outside: `ip -n NETNS …`. */
export function inNamespace(netns: string, words: string): string {
  if (netns === "own") return words;
  const [tool, ...rest] = words.split(" ");
  return tool === "ip" || tool === "tc"
    ? [tool, "-n", netns, ...rest].join(" ")
    : `nsenter --net=${netns} ${words}`;
}

/** Joins words, leaving out those whose value is undefined or false. */
function say(...words: readonly (string | undefined | false)[]): string {
  return words.filter((word) => word !== undefined && word !== false).join(" ");
}

function option(word: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value}`;
}

function onOff(word: string, value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value ? "on" : "off"}`;
}

export function linkAddWords(spec: LinkSpec): string {
  const own = [option("mtu", spec.mtu)];
  if (spec.kind === "bridge") return say("ip link add", spec.name, ...own, "type bridge");
  const { name, address, peer } = spec;
  return say(
    "ip link add",
    name,
    option("address", address),
    ...own,
    "type veth peer name",
    peer.name,
    option("address", peer.address),
    option("mtu", peer.mtu),
    option("netns", peer.netns?.name),
  );
}

export function linkSetWords(name: string, change: LinkChange): string {
  return say(
    "ip link set dev",
    name,
    option("netns", change.netns?.name),
    option("name", change.name),
    change.up !== undefined && (change.up ? "up" : "down"),
    option("mtu", change.mtu),
    option("address", change.address),
    onOff("promisc", change.promisc),
    onOff("allmulticast", change.allmulticast),
    onOff("multicast", change.multicast),
    onOff("arp", change.arp),
    option("group", change.group),
    option("gso_max_size", change.gsoMaxSize),
    option("gso_max_segs", change.gsoMaxSegs),
    option("gro_max_size", change.groMaxSize),
    option("xdp", change.xdp),
    option("txqueuelen", change.txQueueLen),
    change.master === null ? "nomaster" : option("master", change.master),
    change.alias !== undefined && `alias "${change.alias}"`,
  );
}

export function vfSetWords(pf: string, index: number, change: VfChange): string {
  const { address, vlan, rate, spoofCheck, linkState, trust } = change;
  return say(
    `ip link set dev ${pf} vf ${index}`,
    option("mac", address),
    vlan && `vlan ${vlan.id} qos ${vlan.qos} proto ${vlan.protocol}`,
    rate && `max_tx_rate ${rate.max} min_tx_rate ${rate.min}`,
    onOff("spoofchk", spoofCheck),
    option("state", linkState),
    onOff("trust", trust),
  );
}

export function altNameWords(verb: "add" | "del", link: string, name: string): string {
  return `ip link property ${verb} dev ${link} altname ${name}`;
}

export function addressAddWords(link: string, spec: AddressSpec): string {
  return say(
    "ip address add",
    spec.address,
    "dev",
    link,
    option("scope", spec.scope),
    spec.nodad && "nodad",
    spec.noprefixroute && "noprefixroute",
  );
}

export function routeWords(verb: "add" | "replace" | "del", route: RouteSpec): string {
  return say(
    `ip route ${verb}`,
    route.kind !== "unicast" && route.kind,
    route.dst,
    option("via", route.via),
    option("dev", route.dev),
    route.onlink && "onlink",
    option("scope", route.scope),
    option("src", route.src),
    option("metric", route.metric),
    option("table", route.table),
    option("mtu", route.mtu),
    option("advmss", route.advmss),
  );
}

export function ruleWords(verb: "add" | "del", rule: Rule): string {
  return say(
    rule.family === 6 ? "ip -6 rule" : "ip rule",
    verb,
    `priority ${rule.priority}`,
    option("from", rule.from),
    option("to", rule.to),
    option("iif", rule.iif),
    option("fwmark", rule.fwmark),
    `lookup ${rule.table}`,
  );
}

export function neighReplaceWords(link: string, neigh: Neigh): string {
  return neigh.proxy
    ? `ip neigh replace proxy ${neigh.address} dev ${link}`
    : `ip neigh replace ${neigh.address} lladdr ${neigh.lladdr} dev ${link} nud permanent`;
}

export function neighDelWords(link: string, address: string, proxy: boolean): string {
  return say("ip neigh del", proxy && "proxy", address, "dev", link);
}

export function qdiscWords(verb: "add" | "del", link: string, qdisc: Qdisc): string {
  const parent = /^\d|:/.test(qdisc.parent) ? `parent ${qdisc.parent}` : qdisc.parent;
  return say(
    `tc qdisc ${verb} dev`,
    link,
    parent !== qdisc.kind && parent,
    qdisc.handle !== "" && `handle ${qdisc.handle}`,
    qdisc.kind,
  );
}

export function filterAddWords(link: string, filter: Filter): string {
  const { hook, preference } = filter;
  const start = `tc filter add dev ${link} ${hook} pref ${preference} protocol all bpf direct-action`;
  if ("bytecode" in filter) return `${start} bytecode (of ${filter.bytecode.split(",")[0]} steps)`;
  return `${start} (drop above ${filter.limit.bitsPerSecond}bit)`;
}

export function filterDelWords(link: string, { hook, preference }: FilterPlace): string {
  return `tc filter del dev ${link} ${hook} pref ${preference}`;
}

export function redirectWords(verb: "add", link: string, redirect: Redirect): string {
  const { preference, by, to } = redirect;
  const start = `tc filter ${verb} dev ${link} ingress pref ${preference} protocol all`;
  switch (by) {
    case "mirred":
      return `${start} u32 match u32 0 0 action mirred egress redirect dev ${to}`;
    case "bpf":
      return `${start} bpf direct-action (bpf_redirect to ${to})`;
    case "bpfPeer":
      return `${start} bpf direct-action (bpf_redirect_peer to the peer of ${to})`;
  }
}
