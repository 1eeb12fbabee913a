/**
 * What sequences are played on: one node with the product on it, be it real processes in namespaces or the product's
 * code in this process. Everything a step does goes through this page, so that model and steps are the same for both.
 */
import type { Damage, Side } from "../../core/faults.ts";
import type { Answer } from "./model.ts";
import type { FaultStep } from "./step.ts";

export interface Heard {
  readonly answer: Answer;
  /** "ADD a/eth0: code 11 …", for people */
  readonly words: string;
}

export interface Expected {
  /** slots that must live */
  readonly alive: readonly number[];
  /** slots of which nothing may exist */
  readonly gone: readonly number[];
  /** ask CHECK of those that live, too */
  readonly checks: boolean;
}

export type Process = "daemon" | "agent";

export interface Stage {
  add(slot: number, waits: boolean): Promise<Heard>;
  del(slot: number, waits: boolean): Promise<Heard>;
  check(slot: number, waits: boolean): Promise<Heard>;
  status(): Promise<Heard>;
  /** @param valid slots that the runtime lists */
  gc(valid: readonly number[]): Promise<Heard>;

  /** Resolves when calls are under way: after so many milliseconds, or effects. */
  pause(after: number): Promise<void>;
  fault(fault: FaultStep): Promise<void>;
  /** Resolves when the process serves again; false when it does not within a bound. */
  start(who: Process): Promise<boolean>;
  thaw(who: Process): Promise<boolean>;
  slow(): Promise<void>;
  heal(): Promise<void>;
  podDies(pod: string): Promise<void>;
  rebootHost(options: { readonly renumbered: boolean }): Promise<boolean>;
  rebootDpu(state: "kept" | "lost"): Promise<void>;
  /** Kills the process first, and starts it after it. Gives the slot whose record it was; undefined: nobody's. */
  damage(side: Side, file: number, damage: Damage): Promise<number | undefined>;

  /** Ends every fault and waits for STATUS 0; what is wrong when it never comes. */
  mend(): Promise<string | undefined>;
  /** What is broken once nothing is left to finish. */
  atRest(expected: Expected): Promise<readonly string[]>;
  /** What must not be so even for an instant. @param lost slots whose record may be gone while their pods live on */
  glance(lost: readonly number[]): Promise<readonly string[]>;
  /** Nothing is attached any more: takes pods away, and as an operator does, records that were set aside. */
  tidy(): Promise<void>;
  /** Everything as before the first step, by force. */
  reset(): Promise<void>;
}
