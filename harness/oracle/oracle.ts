/**
 * The oracle: holds one node against the invariants that no crash, fault or order of calls may break.
 *
 * I1 each VF has at most one owner, and host, daemon and DPU agree on it, or it is quarantined
 * I2 no address is issued twice
 * I3 free + used + quarantined = pool size
 * I4 an attachment whose ADD succeeded and that was not deleted passes CHECK and traffic
 * I5 after DEL succeeded (and what was away came back) nothing of that attachment exists
 * I6 nothing of other attachments changed
 *
 * What it knows it reads itself: the kernel of host, DPU and pods by netlink, the records both daemons keep, and what
 * the product says of itself. `readNode` takes one look, `judge` holds a look against what a suite expects (pure),
 * `judgeAtRest` looks until nothing is left to finish, bounded, and then judges. `overlaps` is for looks in the middle
 * of things: what must not even be so for an instant.
 */

export interface Violation {
  readonly invariant: "I1" | "I2" | "I3" | "I4" | "I5" | "I6";
  /** one line, naming VF, key and address, with what each side says */
  readonly message: string;
}

/** `network/containerId/ifname`: one attachment, everywhere. */
export type Key = string;

/** One look at a node; every list sorted, so that two looks can be compared. */
export interface NodeView {
  readonly node: string;
  readonly vfs: readonly VfView[];
  readonly attachments: readonly AttachmentView[];
  readonly ports: readonly PortView[];
  readonly representors: readonly RepresentorView[];
  readonly pods: readonly PodView[];
  /** what the running daemon and agent say of themselves; undefined: they were not asked, or gave no answer */
  readonly told: { readonly host?: HostWord; readonly dpu?: DpuWord };
  /** records that a daemon set aside */
  readonly damaged: readonly string[];
}

/** `cni-offload-host inventory` */
export interface HostWord {
  readonly pool: {
    readonly size: number;
    readonly free: number;
    readonly used: number;
    readonly quarantined: number;
  };
  /** "key phase generation VF" */
  readonly attachments: readonly string[];
  /** PCI addresses of the VFs that the next ADD may get */
  readonly free: readonly string[];
}

/** `cni-offload-agent inventory` */
export interface DpuWord {
  /** "key phase generation pf/index" */
  readonly ports: readonly string[];
  /** addresses that no port has and nobody gets */
  readonly quarantined: readonly string[];
  /** how many IPv4 addresses can still be given */
  readonly freeIpv4?: number;
}

/** A virtual function of the card, wherever its netdev is. */
export interface VfView {
  readonly pciAddress: string;
  /** `pf/index` */
  readonly id: string;
  readonly representor: string;
  /** "home", the pod's namespace path, or "nowhere" */
  readonly where: string;
  readonly link?: LinkView;
}

export interface LinkView {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly promisc: boolean;
  readonly allmulticast: boolean;
  readonly txQueueLen: number;
  readonly alias: string;
  readonly altNames: readonly string[];
  /** global ones, CIDR */
  readonly addresses: readonly string[];
  /** "dst via gateway" */
  readonly routes: readonly string[];
  readonly qdiscs: readonly string[];
}

/** The host daemon's record of an attachment. */
export interface AttachmentView {
  readonly key: Key;
  readonly phase: string;
  readonly generation: number;
  readonly pciAddress: string;
  readonly netns: string;
  /** CIDR; empty before the DPU answered */
  readonly addresses: readonly string[];
  /** "dst via gateway" */
  readonly routes: readonly string[];
  readonly mac: string;
}

/** The agent's record of a port. */
export interface PortView {
  readonly key: Key;
  readonly phase: string;
  readonly generation: number;
  /** `pf/index` */
  readonly vf: string;
  readonly representor: string;
  readonly addresses: readonly string[];
  readonly mac: string;
}

export interface RepresentorView {
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  /** host routes that lead to it, CIDR */
  readonly routes: readonly string[];
  /** "address mac" */
  readonly neighbours: readonly string[];
  readonly addresses: readonly string[];
}

export interface PodView {
  /** path of its namespace */
  readonly netns: string;
  /** global addresses of all its interfaces, CIDR */
  readonly addresses: readonly string[];
}

/** What a suite knows must be; of every other attachment the oracle demands only that it is wholly there or wholly gone. */
export interface Expectation {
  /** the node before its first ADD: what a free VF and an unused representor look like */
  readonly pristine: NodeView;
  /** attachments that must live */
  readonly alive: readonly Key[];
  /** attachments of which nothing may exist; "all": of none but those alive */
  readonly gone: readonly Key[] | "all";
  /** an earlier look; of `unchanged` attachments everything must be as it was then */
  readonly before?: { readonly view: NodeView; readonly unchanged: readonly Key[] };
}
