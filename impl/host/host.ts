/** What the daemon's verbs work with, and the bounds they keep. */
import type { KeyedLock } from "../base/lock.ts";
import type { Log } from "../base/log.ts";
import type { Turnstile } from "../base/turnstile.ts";
import type { CniCommand } from "../cni/types.ts";
import type { Kernel } from "../netlink/kernel.ts";
import type { Home } from "../vf/home.ts";
import type { VfPool } from "../vf/pool.ts";
import type { Agent } from "../wire/agent.ts";
import type { Attachments } from "./attachments.ts";
import type { ManagementState } from "./management.ts";
import type { PairProof } from "./pair-proof.ts";

export interface Host {
  readonly kernel: Kernel;
  /** the daemon's own namespace, sysfs and clock */
  readonly home: Home;
  readonly pool: VfPool;
  readonly attachments: Attachments;
  readonly agent: Agent;
  /** one piece of work at a time per `keyText` */
  readonly locks: KeyedLock;
  /** few DELs at once: a storm of them must leave ADDs the disk and the DPU */
  readonly deletes: Turnstile;
  readonly log: Log;
  readonly deadlinesMs: Readonly<Record<CniCommand, number>>;
  readonly node: string;
  /** build, for people */
  readonly software: string;
  /** STATUS fails while no VF is free */
  readonly exhaustedIsUnavailable: boolean;
  /** of the VF that stays on the host; undefined: none is configured */
  readonly management?: () => ManagementState | undefined;
  /** STATUS fails while the management interface is configured and not ready */
  readonly managementIsRequired?: boolean;
  /** resolves when VFs were proven, or soon; undefined: none is to be */
  readonly pairs?: Pick<PairProof, "settled" | "wake" | "isProven">;
  /** asks reconcile to look at once: something is pending, or the DPU may hold what we do not */
  wakeReconcile(): void;
  /** whether the ports of the DPU were compared since it was connected */
  havePortsBeenSeen(): boolean;
}

/** Per verb, from the call to its answer; below what runtimes grant (kubelet 120 s, CRI-O's DEL 60 s). */
export const verbDeadlinesMs = {
  ADD: 45_000,
  DEL: 20_000,
  CHECK: 10_000,
  STATUS: 1_000,
  GC: 25_000,
  VERSION: 1_000,
} as const;

export const deletesAtOnce = 16;

/** How long an ADD waits for a DPU that is not ready: a restart of the agent, not an outage. */
export const agentReadyWaitMs = 2_000;
/** How long a delete waits for the DPU to confirm, before the background goes on with it. */
export const agentDeleteMs = 2_500;
/** How long a CHECK or a list waits for the DPU. */
export const agentReadMs = 6_000;
/** How long a DEL waits for the kernel to bring a VF home from a namespace that died. */
export const comeHomeMs = 2_000;
/** How long an ADD waits for the carrier, which follows the DPU's side. */
export const carrierMs = 2_000;
