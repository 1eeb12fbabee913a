/**
 * What makes a port forward. The agent owns ports: their records, generations, representors, limits in time;
 * a dataplane owns everything in the DPU's kernel behind the representor: addresses, routes, neighbours, policy.
 *
 * The agent promises: calls for one port never overlap; `attach` is called again with the same arguments after a
 * crash or restart, with `addresses` set to what was given the first time; `detach` may be called for a port that
 * was never attached, or whose representor is gone. A dataplane promises: `attach` and `detach` are idempotent;
 * `attach` of a new port undoes itself when it fails, that of a port that comes back leaves it as it is; an address
 * is returned to nobody else before `detach` has resolved, and one that came with the request stays taken even when
 * `attach` fails. What a pod sends passes the guard (guard/guard.ts) before anything else: `attach` raises it before the port
 * forwards, `check` says when it is not whole, and `detach` leaves nothing of it.
 */
import type { Log } from "../base/log.ts";
import type { PodName } from "../cni/types.ts";
import type { Kernel, NamespaceMaker } from "../netlink/kernel.ts";
import type { Guard } from "./guard/guard.ts";

export interface Dataplane {
  /** one word, as in the configuration: "routed" */
  readonly name: string;
  /** Prepares the DPU (forwarding, uplink routes). Idempotent; called at start, before any port. */
  start(): Promise<void>;
  /** Undoes `start` for good: the DPU is as before the first one. Idempotent; called without ports, unstarted or not. */
  remove(): Promise<void>;
  /** Reserves addresses and makes the port forward. */
  attach(port: PortRequest, signal: AbortSignal): Promise<PortSetting>;
  /** Removes everything `attach` made and frees its addresses. */
  detach(port: AttachedPort): Promise<void>;
  /** Throws CheckFailure naming the first thing that differs from what `attach` made. */
  check(port: AttachedPort): Promise<void>;
  /** Capabilities of CNI (CONVENTIONS.md) that it serves: what runtimes ask by them comes with `networkConfig`. */
  capabilities?(): readonly string[];
  /** Finds what earlier runs of the agent left of ports that are none of `keys`, and removes of it what nobody can need.
   *  Called after a start, when every port that has a record has been attached again. */
  collect?(keys: readonly string[]): Promise<void>;
  /** Every port that an unreadable record could have stood for is deleted: what no port has taken of what earlier runs left
   *  is nobody's, and goes. Called at any time. */
  disown?(): Promise<void>;
  /** It moves representors out of the DPU's own namespace: one that goes away there is no news, one that appears is. */
  readonly takesRepresentors?: boolean;
  /** Addresses that no port has and that are nevertheless given to nobody; for people. */
  held?(): readonly HeldAddress[];
  /** How many frames of each of these ports the guard has dropped, by key; none where nobody counts. */
  dropped?(ports: readonly AttachedPort[]): Promise<ReadonlyMap<string, number>>;
  /** Whether ports can be attached and live ones forward; cheap, called every second. */
  health(): Promise<DataplaneHealth>;
}

export interface PortRequest {
  /** `network/containerId/ifname` */
  readonly key: string;
  readonly representor: string;
  /** MAC of the VF, lower case; "" lets the dataplane choose one */
  readonly mac: string;
  /** the runtime's network configuration, JSON */
  readonly networkConfig: string;
  /** as the runtime named it */
  readonly pod?: PodName;
  /** set when a port comes back after a restart: exactly these must be given again */
  readonly addresses?: readonly PortAddress[];
}

export interface AttachedPort {
  readonly key: string;
  readonly representor: string;
  readonly setting: PortSetting;
}

/** What the pod's interface must carry; the wire's AddPortResponse. */
export interface PortSetting {
  readonly addresses: readonly PortAddress[];
  readonly routes: readonly { readonly dst: string; readonly gw?: string; readonly mtu?: number }[];
  readonly mtu: number;
  readonly mac: string;
  readonly dns: {
    readonly nameservers?: readonly string[];
    readonly domain?: string;
    readonly search?: readonly string[];
    readonly options?: readonly string[];
  };
}

export interface PortAddress {
  /** CIDR with host bits */
  readonly address: string;
  readonly gateway?: string;
}

export interface HeldAddress {
  /** bare */
  readonly address: string;
  readonly representor: string;
  /** one line */
  readonly reason: string;
}

export type DataplaneHealth =
  | { readonly state: "ready"; readonly free: FreeAddresses }
  | { readonly state: "notReady" | "down"; readonly reason: string; readonly free: FreeAddresses };

export interface FreeAddresses {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** What a dataplane may use of the world; a factory takes this and its own part of the configuration. */
export interface DataplaneWorld {
  readonly kernel: Kernel & NamespaceMaker;
  /** of the agent; each dataplane has folders of its own in it */
  readonly stateDir: string;
  readonly log: Log;
  readonly guard: Guard;
}

/** A difference between what was made and what is there, in one line. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
}

/** An address that was asked for is another port's. */
export class AddressTaken extends Error {
  override readonly name = "AddressTaken";
}

/** A family that is configured has no address left. */
export class AddressesExhausted extends Error {
  override readonly name = "AddressesExhausted";
}
