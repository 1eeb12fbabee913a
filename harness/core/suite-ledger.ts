/** Keeps the books of one suite: emits its events, keeps its records, and knows whether its world must be kept. */

import type { Check } from "./check.ts";
import { checkRecord } from "./check-record.ts";
import type { Failure } from "./keep-failure.ts";
import type { Outcome } from "./outcome.ts";
import type { PlannedSuite, SuiteRun } from "./plan.ts";
import type { CheckRecord } from "./record.ts";

/** A check the runner adds: it has an id and a title, and no code of its own. */
export type AddedCheck = Pick<Check<never>, "id" | "title" | "requirement">;

export class SuiteLedger {
  readonly suite: string;
  /** a failure happened and --retain asks to keep everything as it is */
  retained = false;
  /** the first check that failed or was blocked */
  firstFailure: Failure | undefined;
  private readonly planned: PlannedSuite;
  private readonly run: SuiteRun;
  private readonly begun = new Set<string>();

  constructor(planned: PlannedSuite, run: SuiteRun) {
    this.planned = planned;
    this.run = run;
    this.suite = planned.suite.name;
  }

  start(): void {
    const { suite, checks } = this.planned;
    const { emit } = this.run.findings;
    emit({
      kind: "suiteStarted",
      suite: suite.name,
      title: suite.title,
      checks: checks.length + 1,
    });
  }

  begin(check: AddedCheck): void {
    this.begun.add(check.id);
    const { id, title } = check;
    this.run.findings.emit({ kind: "checkStarted", suite: this.suite, id, title });
  }

  end(check: CheckRecord): void {
    const { findings, plan } = this.run;
    findings.keep(check);
    findings.emit({ kind: "checkFinished", suite: this.suite, check });
    if (check.outcome !== "failed" && check.outcome !== "blocked") return;
    const { suite, id, message = "" } = check;
    this.firstFailure ??= { suite, check: id, message };
    if (plan.retain && check.outcome === "failed") this.retained = true;
    this.run.failed(check.outcome);
  }

  /** The end of a check that had no run: one the runner adds, or one that could not be run. */
  add(
    check: AddedCheck,
    outcome: Outcome,
    more: { readonly lines?: readonly string[]; readonly durationMs?: number } = {},
  ): void {
    if (!this.begun.has(check.id)) this.begin(check);
    const planned = this.planned.checks.some(({ id }) => id === check.id);
    const lines = more.lines ?? [];
    this.end(
      checkRecord({
        suite: this.suite,
        check,
        outcome,
        durationMs: more.durationMs ?? 0,
        repeat: this.run.plan.repeat(this.suite, planned ? check.id : undefined),
        ...(lines.length > 0 && {
          notes: { log: [], evidence: [{ kind: "difference", title: check.title, lines }] },
        }),
      }),
    );
  }

  endAll(checks: readonly AddedCheck[], outcome: Outcome): void {
    for (const check of checks) this.add(check, outcome);
  }

  finish(): void {
    this.run.findings.emit({ kind: "suiteFinished", suite: this.suite });
  }
}
