/** One check with its retries: attempts until it ends otherwise than failed, and the record of the last one. */
import { performance } from "node:perf_hooks";
import type { Check, MeasuredFigure } from "./check.ts";
import { type Attempt, attemptCheck, defaultCheckTimeoutMs } from "./check-attempt.ts";
import type { AbsentFigure } from "./check-context.ts";
import { checkRecord } from "./check-record.ts";
import type { Outcome } from "./outcome.ts";
import type { CheckRecord } from "./record.ts";
import { mixSeed } from "./seed.ts";

export interface CheckRunOptions {
  readonly suite: string;
  readonly seed: number;
  readonly retries: number;
  /** in place of every check's own */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
  readonly retain: boolean;
  readonly repeat: string;
  explain(outcome: Outcome): Promise<Outcome>;
  /** at each attempt that failed, before it is cleaned up */
  failed(message: string): Promise<void>;
}

export async function runCheck<F>(
  check: Check<F>,
  fixture: F,
  options: CheckRunOptions,
): Promise<{
  readonly record: CheckRecord;
  readonly figures: readonly MeasuredFigure[];
  readonly absent: readonly AbsentFigure[];
}> {
  const startedMs = performance.now();
  const failures: string[] = [];
  let attempts = 0;
  let last: Attempt;
  do {
    attempts += 1;
    last = await attemptCheck(check, fixture, {
      seed: mixSeed(options.seed, `${options.suite}/${check.id}`),
      timeoutMs: options.timeoutMs ?? check.timeoutMs ?? defaultCheckTimeoutMs,
      signal: options.signal,
      keepOnFailure: options.retain && attempts > options.retries,
      failed: (message) => options.failed(message),
    });
    if (last.outcome.kind === "failed") failures.push(last.outcome.message);
  } while (
    last.outcome.kind === "failed" &&
    attempts <= options.retries &&
    !options.signal.aborted
  );
  const record = checkRecord({
    suite: options.suite,
    check,
    outcome: await options.explain(last.outcome),
    durationMs: performance.now() - startedMs,
    repeat: options.repeat,
    attempts,
    notes: last.notes,
    ...(failures.length > 0 && {
      flaky: failures.map((message, i) => `attempt ${i + 1}: ${message}`).join("; "),
    }),
  });
  const { figures, absent } = last.notes;
  return { record, figures, absent };
}
