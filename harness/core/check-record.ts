/** Turns what happened to a check into its entry in the record. */
import type { Check } from "./check.ts";
import type { AttemptNotes } from "./check-context.ts";
import type { Evidence } from "./evidence.ts";
import type { Outcome } from "./outcome.ts";
import type { CheckRecord } from "./record.ts";

export interface CheckEnd {
  readonly suite: string;
  readonly check: Pick<Check<never>, "id" | "title" | "requirement" | "cell">;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly repeat: string;
  /** default 1 */
  readonly attempts?: number;
  /** what the earlier, failed attempts said */
  readonly flaky?: string;
  readonly notes?: Pick<AttemptNotes, "log" | "evidence"> & Partial<Pick<AttemptNotes, "verdicts">>;
}

export function checkRecord(end: CheckEnd): CheckRecord {
  const { check, outcome } = end;
  const message = outcome.kind === "passed" ? end.flaky : outcome.message;
  const failed = outcome.kind === "failed" ? outcome : undefined;
  return {
    suite: end.suite,
    id: check.id,
    title: check.title,
    ...(check.requirement && { requirement: { ...check.requirement } }),
    ...(check.cell && { cell: { ...check.cell } }),
    outcome: outcome.kind,
    ...(Object.keys(end.notes?.verdicts ?? {}).length > 0 && { verdicts: end.notes?.verdicts }),
    ...(message !== undefined && { message }),
    ...(failed?.expected !== undefined && { expected: failed.expected }),
    ...(failed?.actual !== undefined && { actual: failed.actual }),
    attempts: end.attempts ?? 1,
    flaky: outcome.kind === "passed" && end.flaky !== undefined,
    durationMs: Math.round(end.durationMs),
    log: [...(end.notes?.log ?? [])],
    evidence: (end.notes?.evidence ?? []).map(recordedEvidence),
    repeat: end.repeat,
  };
}

function recordedEvidence(evidence: Evidence): CheckRecord["evidence"][number] {
  switch (evidence.kind) {
    case "command":
      return { ...evidence, argv: [...evidence.argv], environment: { ...evidence.environment } };
    case "difference":
      return { ...evidence, lines: [...evidence.lines] };
    case "text":
      return { ...evidence };
  }
}
