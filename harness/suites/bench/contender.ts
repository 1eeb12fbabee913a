/**
 * What the bench measures. A contender gives pods a network, or is a limit that none can beat; all are asked in turn in one
 * run on one machine, so that what disturbs one disturbs all alike.
 *
 * Every measurement keeps these rules:
 * - Rounds are interleaved: each asks every contender once, in an order drawn anew from the run's seed. The first rounds
 *   warm up and are discarded.
 * - The clock runs in the caller, a small process in the host's namespace that starts the plugin as a runtime does; what
 *   the harness itself does between two calls is in no figure.
 * - A figure is a quantile over rounds with its 95 % bootstrap interval and n. A quantile is given only where n reaches it:
 *   p90 from 20 rounds, p99 from 200, p99.9 from 2,000.
 * - Pods are made before and used again: no namespace is made or unmade while anything is measured.
 * - The machine is watched meanwhile; where it was not quiet the figure says so (noise.ts).
 * - What cannot be measured is absent with its reason, never zero.
 */
import type { Node, Pod } from "../../core/backend.ts";

/** in the order in which a pod's life has them */
export const benchVerbs = ["ADD", "CHECK", "STATUS", "DEL"] as const;
export type Verb = (typeof benchVerbs)[number];

/** One pod's place in a measurement: the pod is used again, its container id is new for each ADD. */
export interface Seat {
  readonly pod: Pod;
  containerId: string;
}

export interface Contender {
  /** "offload", "bridge", "ptp", or a limit: "move", "exec" */
  readonly name: string;
  /** where its pods are */
  readonly node: Node;
  readonly verbs: readonly Verb[];
  /** Milliseconds from the start of the plugin to its end. Rejects when it answers an error. */
  call(verb: Verb, seat: Seat): Promise<number>;
  /** CPU used so far on its behalf, on the node that is measured. */
  cpu(): Promise<CpuAccount>;
}

/** Milliseconds of CPU, user and system, by who used them. */
export interface CpuAccount {
  /** what the caller started and waited for: the relay; a plugin with the plugins it ran */
  readonly plugin: number;
  /** its daemons on the host, all threads */
  readonly daemon: number;
  /** its processes on the DPU */
  readonly dpu: number;
}

/** What is counted on the host. */
export function hostCpu({ plugin, daemon }: CpuAccount): number {
  return plugin + daemon;
}
