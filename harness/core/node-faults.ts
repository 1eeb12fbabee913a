/**
 * The backend's part of fault controls: what can be done to a node's hardware and kernels. It knows no plugin; suites use
 * it through `Faults` (faults.ts), whose promises it shares.
 */

/** The node's hardware and kernel. Which VFs there are, and where, is `Node.card` afterwards. */
export interface NodeFaults {
  /** the management link between host and DPU */
  readonly link: LinkFaults;
  /**
   * The host's kernel as after a boot: nobody runs in its namespace, its pods' namespaces are gone with all that was in
   * them, links have their defaults, every VF is home as new, and `paths.run` is empty. Other files stay.
   */
  bootHost(vfs?: VfChange): Promise<void>;
  /**
   * The DPU's kernel as after a boot: nobody runs in its namespace, which has no addresses, routes, rules, neighbours,
   * qdiscs or links but those of a new one; representors are back under their names and down. VFs stay where they are,
   * also in pods. Files stay.
   */
  bootDpu(): Promise<void>;
  /** `echo N > sriov_numvfs` under everybody's feet: all VFs vanish, from pods too, and others are at home. */
  changeVfs(change: VfChange): Promise<void>;
}

export interface VfChange {
  /** how many VFs there are from now on; default: as many as before */
  readonly count?: number;
  /** how many functions their PCI addresses are further than usual, 8 being one device; default: as before */
  readonly shift?: number;
}

export interface LinkFaults {
  readonly state: "whole" | "cut" | "slow";
  /** Packets vanish without a word, so connections stay half-open. One way: the other side still hears, or is heard. */
  cut(direction?: "both" | "toHost" | "toDpu"): Promise<void>;
  /** Each way lets through `kbitPerSecond` and queues the rest, a second's worth at most; 64 makes a call take some 100 ms. */
  slow(kbitPerSecond: number): Promise<void>;
  heal(): Promise<void>;
}
