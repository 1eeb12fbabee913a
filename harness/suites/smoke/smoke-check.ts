/** One requirement of the CNI catalogue as a check that runs over any plugin. */
import type { CheckContext } from "../../core/check.ts";
import type { Subject } from "./subject.ts";

export interface SmokeCheck {
  /** of the catalogue: "ADD-03" */
  readonly id: string;
  readonly level: "MUST" | "SHOULD" | "MAY" | "IMPL";
  /** of the specification 1.1.0: "2 ADD" */
  readonly section: string;
  /** what must hold, one sentence, subject first */
  readonly title: string;
  /** the oldest version it applies to; default: all */
  readonly since?: string;
  run(subject: Subject, t: CheckContext): Promise<void>;
}
