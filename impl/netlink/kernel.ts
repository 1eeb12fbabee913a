/**
 * The kernel's network, as this product uses it. One page, two implementations: `linux.ts` (netlink in this
 * process) and `memory.ts` (a small true model for tests); `kernel.contract.ts` is the battery of laws both pass.
 *
 * Words are iproute2's. Each verb names the command it equals, and a failure quotes that command: every verb
 * rejects with `NetlinkError` (errno name, the command, the kernel's extended ack) and leaves nothing half done
 * beyond what the kernel itself left. A `Netns` keeps working when the path it was opened by is unlinked or
 * unmounted, since it holds the namespace. Interface indexes are per namespace and are never an identity across
 * a move.
 */
import type { NetlinkError } from "./netlink-error.ts";

export interface Kernel {
  /** The namespace at `path` (a bind mount or /proc/PID/ns/net); without one, this process's own.
   *  ENOENT: no such path. EINVAL: the path is not a network namespace. */
  open(path?: string): Promise<Netns>;
}

/** What makes namespaces; both kernels can. Small and apart, since most of the product only opens them. */
export interface NamespaceMaker {
  /** `ip netns add`, at any path: a new namespace, with lo down, that lives as long as the mount or a handle.
   *  EEXIST: something is there already. */
  netnsAdd(path: string): Promise<void>;
  /** `ip netns del`: takes the path away; the namespace dies with its last handle. ENOENT: no such path. */
  netnsDel(path: string): Promise<void>;
  /** `unshare --net`: a namespace without a path, which dies with the handle. */
  netnsScratch(): Promise<Netns>;
}

export interface Netns extends Disposable {
  /** `device:inode` of the namespace: equal for two handles of one namespace. */
  readonly id: string;
  /** How this handle was opened, for messages: the path, or "own". */
  readonly name: string;

  /** Many changes at the price of one, in their order, each asked for whatever became of those before it (as
   *  `ip -force -batch`). Gives by place what was refused; undefined for what was done. */
  batch(changes: readonly Change[]): Promise<readonly (NetlinkError | undefined)[]>;

  /** `ip -d link show` */
  links(): Promise<readonly Link[]>;
  /** `ip -d link show dev NAME`; undefined when there is none. Alternative names match too. */
  link(name: string): Promise<Link | undefined>;
  /** `ip link add NAME type KIND …`. EEXIST: the name is taken. EOPNOTSUPP: the kernel lacks the kind. */
  linkAdd(spec: LinkSpec): Promise<void>;
  /** `ip link set dev NAME …`: all of `change` in one request. Moving (`netns`) and renaming (`name`) together
   *  is one step: the link never shows in the target under another name. */
  linkSet(name: string, change: LinkChange): Promise<void>;
  /** `ip link del dev NAME`. ENODEV: no such link. */
  linkDel(name: string): Promise<void>;

  /** `ip address show [dev NAME]`, both families */
  addresses(link?: string): Promise<readonly Address[]>;
  /** `ip address add ADDRESS dev LINK [nodad]` */
  addressAdd(link: string, address: AddressSpec): Promise<void>;
  /** `ip address del ADDRESS dev LINK` */
  addressDel(link: string, address: string): Promise<void>;

  /** `ip [-6] route show table all`: unicast routes of all tables but `local`, both families */
  routes(): Promise<readonly Route[]>;
  /** `ip route add …`. EEXIST: there is one. ENETUNREACH: the gateway cannot be reached. */
  routeAdd(route: RouteSpec): Promise<void>;
  /** `ip route replace …` */
  routeReplace(route: RouteSpec): Promise<void>;
  /** `ip route del …`. ESRCH: no such route. */
  routeDel(route: RouteSpec): Promise<void>;

  /** `ip rule show`, both families */
  rules(): Promise<readonly Rule[]>;
  /** `ip rule add …` */
  ruleAdd(rule: Rule): Promise<void>;
  /** `ip rule del …` */
  ruleDel(rule: Rule): Promise<void>;

  /** `ip neigh show dev LINK`, plus `ip neigh show proxy` entries marked `proxy` */
  neighs(link: string): Promise<readonly Neigh[]>;
  /** `ip neigh replace ADDRESS lladdr MAC dev LINK nud permanent` (or `ip neigh replace proxy ADDRESS dev LINK`) */
  neighReplace(link: string, neigh: Neigh): Promise<void>;
  /** `ip neigh del [proxy] ADDRESS dev LINK` */
  neighDel(link: string, address: string, proxy?: boolean): Promise<void>;

  /** `tc qdisc show dev LINK`: kinds and handles; the built-in default is left out */
  qdiscs(link: string): Promise<readonly Qdisc[]>;
  /** `tc qdisc add dev LINK …` */
  qdiscAdd(link: string, qdisc: Qdisc): Promise<void>;
  /** `tc qdisc del dev LINK …` */
  qdiscDel(link: string, qdisc: Qdisc): Promise<void>;

  /** `tc filter show dev LINK ingress`: the filters that send everything elsewhere, whoever made the mirred ones */
  redirects(link: string): Promise<readonly Redirect[]>;
  /** `tc filter add dev LINK ingress pref N protocol all …`. EINVAL: the link has no clsact or ingress qdisc. EEXIST: one
   *  has that preference. EPERM: this process may not load BPF programs. */
  redirectAdd(link: string, redirect: Redirect): Promise<void>;
  /** `tc filter del dev LINK ingress pref N` */
  redirectDel(link: string, preference: number): Promise<void>;

  /** `tc filter show dev LINK ingress`, and `… egress`: the programs that judge frames; what redirects is left out */
  filters(link: string): Promise<readonly Filter[]>;
  /** `tc filter add dev LINK HOOK pref N protocol all bpf direct-action …`. EINVAL: the link has no clsact qdisc. EPERM: this
   *  process may not load what a limit takes. Nothing is asked of what has that preference already. */
  filterAdd(link: string, filter: Filter): Promise<void>;
  /** `tc filter del dev LINK HOOK pref N`. ENOENT: there is none. */
  filterDel(link: string, place: FilterPlace): Promise<void>;
  /** `tc -s qdisc show`: how many frames filters have dropped at the links that have a clsact or ingress qdisc, by name */
  drops(): Promise<ReadonlyMap<string, number>>;

  /** `ethtool -k LINK`: the features that are asked for, as the kernel's words of 32 bits in hex, e.g. "1c013ba9 4c21";
   *  "" where the driver has none. */
  features(link: string): Promise<string>;
  /** `ethtool -K LINK …`: asks for exactly `features`, as `features()` gave them. EOPNOTSUPP: the driver cannot. */
  featuresSet(link: string, features: string): Promise<void>;

  /** `ip link show dev PF`: what a physical function has set for each of its VFs; none where its driver does not say.
   *  ENODEV: no such link. */
  vfs(pf: string): Promise<readonly VfSetting[]>;
  /** `ip link set dev PF vf INDEX …`. EOPNOTSUPP, EINVAL: the driver cannot, or has no such VF. Part of `change` may be done
   *  then. */
  vfSet(pf: string, index: number, change: VfChange): Promise<void>;

  /** `sysctl NAME`, NAME with slashes below /proc/sys, e.g. "net/ipv4/ip_forward"; undefined when absent */
  sysctl(name: string): Promise<string | undefined>;
  /** `sysctl -w NAME=VALUE` */
  sysctlSet(name: string, value: string): Promise<void>;

  /** Sends one Ethernet frame (whole, with header) out of a link: gratuitous ARP, unsolicited NA, probes. */
  sendFrame(link: string, frame: Uint8Array): Promise<void>;

  /** `tcpdump -i any`: the frames that come in from now on at the links of this namespace with this protocol (ethertype), or
   *  with any; with any also those that leave. What nobody takes in time is lost. */
  listen(protocol: number | "any"): Promise<Listener>;

  /** Link additions, changes and removals in this namespace, for as long as the iterator lives: `ip monitor link`.
   *  Ends when `signal` aborts. Events may be coalesced or lost under load: re-read the state on each. */
  watchLinks(signal: AbortSignal): AsyncIterable<LinkEvent>;
}

export interface Link {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`, `vxlan`, … or "" for a plain device */
  readonly kind: string;
  /** lower-case EUI-48, "" for links without one */
  readonly address: string;
  readonly mtu: number;
  /** administratively up */
  readonly up: boolean;
  /** carrier and operational state `up` (or `unknown` with carrier, as `lo` shows) */
  readonly running: boolean;
  readonly promisc: boolean;
  readonly allmulticast: boolean;
  readonly multicast: boolean;
  /** false: `-arp` */
  readonly arp: boolean;
  readonly txQueueLen: number;
  readonly group: number;
  /** undefined where the kernel does not say */
  readonly gsoMaxSize?: number;
  readonly gsoMaxSegs?: number;
  readonly groMaxSize?: number;
  /** mode and id of the XDP program, e.g. "drv 17"; "" for none */
  readonly xdp: string;
  /** index of the bridge or bond this is a port of */
  readonly master?: number;
  /** index of the peer or lower link, in the namespace `peerNetnsId` when that is set */
  readonly peer?: number;
  readonly peerNetnsId?: number;
  /** `ip link set dev NAME alias TEXT` */
  readonly alias?: string;
  readonly altNames: readonly string[];
  /** bus address of the parent device, e.g. "0000:03:00.2"; absent for virtual links */
  readonly parentDevice?: string;
}

export type LinkSpec =
  | {
      readonly kind: "veth";
      readonly name: string;
      readonly mtu?: number;
      readonly address?: string;
      readonly peer: {
        readonly name: string;
        readonly netns?: Netns;
        readonly mtu?: number;
        readonly address?: string;
      };
    }
  | { readonly kind: "bridge"; readonly name: string; readonly mtu?: number };

export interface LinkChange {
  readonly name?: string;
  readonly netns?: Netns;
  readonly up?: boolean;
  readonly mtu?: number;
  readonly address?: string;
  readonly promisc?: boolean;
  readonly allmulticast?: boolean;
  readonly multicast?: boolean;
  readonly arp?: boolean;
  readonly group?: number;
  readonly gsoMaxSize?: number;
  readonly gsoMaxSegs?: number;
  readonly groMaxSize?: number;
  /** takes the XDP program away, whatever its mode */
  readonly xdp?: "off";
  readonly txQueueLen?: number;
  /** name of the bridge; null releases the port (`nomaster`) */
  readonly master?: string | null;
  /** "" removes it */
  readonly alias?: string;
  readonly altNames?: { readonly add?: readonly string[]; readonly del?: readonly string[] };
}

/** One of the verbs of `Netns`, with what it takes. */
export type Change =
  | { readonly verb: "linkSet"; readonly link: string; readonly change: PlainLinkChange }
  | { readonly verb: "addressAdd"; readonly link: string; readonly address: AddressSpec }
  | { readonly verb: "addressDel"; readonly link: string; readonly address: string }
  | { readonly verb: "routeAdd" | "routeReplace" | "routeDel"; readonly route: RouteSpec }
  | { readonly verb: "neighReplace"; readonly link: string; readonly neigh: Neigh }
  | { readonly verb: "neighDel"; readonly link: string; readonly address: string };

/** What takes one request and leaves the link where it is. */
export type PlainLinkChange = Omit<LinkChange, "netns" | "name" | "xdp" | "altNames" | "master">;

export interface Address {
  readonly link: string;
  readonly family: Family;
  /** CIDR with host bits, canonical text, e.g. "10.1.0.5/32" or "fe80::1/64" */
  readonly address: string;
  readonly scope: "global" | "link" | "host" | "site";
  /** tentative, dadfailed, permanent, nodad … as iproute2 prints them */
  readonly flags: readonly string[];
}

export interface AddressSpec {
  readonly address: string;
  readonly scope?: "global" | "link" | "host";
  /** IPv6: skip duplicate address detection */
  readonly nodad?: boolean;
  /** do not let the kernel add the prefix route */
  readonly noprefixroute?: boolean;
}

export type Family = 4 | 6;

export interface RouteSpec {
  /** CIDR; "default" is not a word here: write 0.0.0.0/0 or ::/0 */
  readonly dst: string;
  readonly via?: string;
  readonly dev?: string;
  /** the gateway is reachable on `dev` whatever the addresses say */
  readonly onlink?: boolean;
  readonly scope?: "global" | "link" | "host";
  readonly src?: string;
  readonly metric?: number;
  /** table number; the default is 254 (main) */
  readonly table?: number;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly kind?: "unicast" | "blackhole" | "unreachable";
}

export interface Route extends RouteSpec {
  readonly family: Family;
  readonly table: number;
  readonly kind: "unicast" | "blackhole" | "unreachable";
  /** kernel, boot, static, ra, … */
  readonly protocol: string;
}

export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly table: number;
  readonly from?: string;
  readonly to?: string;
  readonly iif?: string;
  readonly fwmark?: number;
}

export interface Neigh {
  readonly address: string;
  /** lower-case EUI-48, "" when unresolved or proxy */
  readonly lladdr: string;
  readonly proxy?: boolean;
  /** permanent, reachable, stale, failed, … */
  readonly state?: string;
}

export interface Qdisc {
  readonly kind: string;
  /** "1:" form, or "" for the kernel to choose */
  readonly handle: string;
  /** "root", "ingress", "clsact" or "major:minor" */
  readonly parent: string;
}

/** Everything that comes in at a link leaves by another one of its namespace, before the stack sees it. */
export interface Redirect {
  /** smallest first among the filters of a link */
  readonly preference: number;
  /** the other link; "" when it is gone */
  readonly to: string;
  /** `mirred`: u32 with that action; `bpf`: bpf_redirect; `bpfPeer`: bpf_redirect_peer, straight into the other end of
   *  `to`, which must be a veth's in another namespace (else the packets are dropped) */
  readonly by: "mirred" | "bpf" | "bpfPeer";
}

export interface FilterPlace {
  /** frames that come in at the link, or leave by it */
  readonly hook: "ingress" | "egress";
  /** smallest first among the filters of a hook */
  readonly preference: number;
}

/** Judges every frame: it is dropped, or the next filter is asked. */
export type Filter = FilterPlace &
  (
    | {
        /** classic BPF in the words of `tc … bpf bytecode`, e.g. "1,6 0 0 2": answers 2 to drop, 4294967295 for the next */
        readonly bytecode: string;
      }
    | { readonly limit: RateLimit }
  );

/** What comes faster is dropped. */
export interface RateLimit {
  readonly bitsPerSecond: number;
  /** what may come at once after silence; no frame is larger, and segments that the sender's kernel leaves whole have 64 KiB */
  readonly burstBytes: number;
}

/** Hears until it is disposed. */
export interface Listener extends Disposable {
  /** What was heard since the last call; never waits. */
  take(): readonly HeardFrame[];
}

export interface HeardFrame {
  /** "" when it is gone */
  readonly link: string;
  /** whole, with header; a VLAN tag may have been taken off */
  readonly frame: Uint8Array;
  readonly isOutgoing: boolean;
}

/** What only the physical function can read and set of a VF. */
export interface VfSetting {
  /** number of the VF on its PF */
  readonly index: number;
  /** all zeros: the VF chooses its own */
  readonly address: string;
  /** id 0: none */
  readonly vlan: {
    readonly id: number;
    readonly qos: number;
    readonly protocol: "802.1q" | "802.1ad";
  };
  /** Mbit/s; 0 is no limit */
  readonly rate: { readonly min: number; readonly max: number };
  /** these are undefined where the driver does not say */
  readonly spoofCheck?: boolean;
  readonly linkState?: "auto" | "enable" | "disable";
  readonly trust?: boolean;
}

export type VfChange = Partial<Omit<VfSetting, "index">>;

export interface LinkEvent {
  readonly kind: "changed" | "removed";
  readonly name: string;
  readonly index: number;
}
