/**
 * What stands at a representor between a pod and everybody else, whichever dataplane is behind it: frames in somebody
 * else's name, and more frames than the VF may send, go no further. It is enforced on the DPU, where whoever holds the
 * host cannot reach it.
 *
 * A dataplane promises: `raise` is called in the namespace where the representor is, while it is down or before anything
 * forwards what comes in at it; where frames for others can reach the representor's link, with `isShared`. `lower` is
 * called when the representor is down. A move of the representor to another namespace takes the guard away, and so it is
 * raised anew there. Services and policies of a port have their place here too.
 */
import type { Netns } from "../../netlink/kernel.ts";

export interface Guard {
  /** Idempotent: what is there already stays, with its counts. */
  raise(netns: Netns, post: GuardPost): Promise<void>;
  /** Idempotent; also when the representor is gone. */
  lower(netns: Netns, representor: string): Promise<void>;
  /** The first thing that is not as `raise` made it; undefined when all is. */
  difference(netns: Netns, post: GuardPost): Promise<string | undefined>;
  /** What is enforced. */
  readonly state: GuardState;
}

export interface GuardPost {
  /** of the port: `network/containerId/ifname` */
  readonly key: string;
  readonly representor: string;
  /** what the pod was given: CIDRs with host bits */
  readonly setting: {
    readonly mac: string;
    readonly addresses: readonly { readonly address: string }[];
  };
  /** frames for others, such as a bridge floods, could reach the representor: the pod is not shown them */
  readonly isShared: boolean;
}

export interface GuardState {
  readonly antiSpoofing: Enforcement;
  readonly limits: Enforcement;
}

export type Enforcement =
  | { readonly state: "enforced" | "off" }
  /** asked for, and this kernel refuses */
  | { readonly state: "notEnforced"; readonly reason: string };
