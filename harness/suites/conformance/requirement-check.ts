/**
 * One requirement of the CNI catalogue as a check that runs over any plugin. One per file, short: what must hold
 * (`title`), why (`section`), how it is seen (`run`).
 */
import type { Role } from "../../core/plugin.ts";
import type { Judge, Profile } from "./judge.ts";
import type { Subject } from "./subject.ts";

export interface RequirementCheck {
  /** of the catalogue: "ADD-03" */
  readonly id: string;
  /** the word of the text; IMPL: not written as a rule, but needed for one: failing it is a finding */
  readonly level: "MUST" | "SHOULD" | "MAY" | "IMPL";
  /** of the specification 1.1.0: "2 ADD" */
  readonly section: string;
  /** what must hold, one sentence, subject first */
  readonly title: string;
  /** the oldest version it applies to; default: all */
  readonly since?: string;
  /** whose plugins must keep it; default: those that make an interface. `anyRole` for the protocol itself. */
  readonly roles?: readonly Role[];
  /** what the plugin must claim for it to apply: "delegates", "deviceID", "daemon" … */
  readonly needs?: readonly string[];
  /** the readings of the specification by which alone it may fail, where it says `t.against`; default: all agree */
  readonly readings?: readonly Profile[];
  /** default: as for any check; for those that restart daemons */
  readonly timeoutMs?: number;
  run(subject: Subject, t: Judge): Promise<void>;
}

export const anyRole: readonly Role[] = ["interface", "chained", "ipam", "meta"];
