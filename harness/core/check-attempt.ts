/** One attempt at one check: run it, bound it, clean up after it, and say how it ended. Never throws. */
import { availableParallelism, loadavg } from "node:os";
import type { Check } from "./check.ts";
import { type AttemptNotes, makeContext } from "./check-context.ts";
import type { Outcome } from "./outcome.ts";
import { outcomeOfError } from "./outcome-of-error.ts";

export const defaultCheckTimeoutMs = 30_000;
/** how long a check may take to notice its abort signal before it is left behind */
const graceMs = 2_000;

export interface AttemptOptions {
  readonly seed: number;
  readonly timeoutMs: number;
  /** Ctrl-C, --fail-fast; its reason is a person's words for it */
  readonly signal: AbortSignal;
  /** a failure keeps what it made, for --retain */
  readonly keepOnFailure: boolean;
  /** Looks at the world of a failure before anything is cleaned up. */
  failed?(message: string): Promise<void>;
}

export interface Attempt {
  readonly outcome: Outcome;
  readonly notes: Pick<AttemptNotes, "log" | "evidence" | "figures" | "absent" | "verdicts">;
}

export async function attemptCheck<F>(
  check: Check<F>,
  fixture: F,
  options: AttemptOptions,
): Promise<Attempt> {
  const timeout = new AbortController();
  const signal = AbortSignal.any([timeout.signal, options.signal]);
  const notes = makeContext({ signal, seed: options.seed });
  const timer = setTimeout(() => timeout.abort(new Error("timed out")), options.timeoutMs);
  const left = leftBehind(signal);
  const ran: Promise<Outcome> = (async () => {
    try {
      await check.run(fixture, notes.context);
      return { kind: "passed" } as const;
    } catch (error) {
      if (error instanceof Error && error.stack && error.name !== "OutcomeSignal") {
        notes.context.log(error.stack);
      }
      return outcomeOfError(error);
    }
  })();
  const ended = await Promise.race([ran, left.promise]);
  clearTimeout(timer);
  left.cancel();
  if (ended === "leftBehind") {
    notes.context.log(`it ignored its abort signal for ${graceMs / 1000} s and was left behind`);
  }
  if (timeout.signal.aborted) notes.context.log(busyness());
  const outcome = judge(ended, { timedOut: timeout.signal.aborted, options });
  if (outcome.kind === "failed") await options.failed?.(outcome.message);
  if (options.keepOnFailure && outcome.kind === "failed") return { outcome, notes };
  return { outcome: afterCleanUp(outcome, await notes.cleanUp(), notes), notes };
}

/** A check that ran out of time on a machine that had none says little of the plugin. */
function busyness(): string {
  const [load = 0] = loadavg();
  return `load of the machine at the timeout: ${load.toFixed(1)} on ${availableParallelism()} cores`;
}

function judge(
  ended: Outcome | "leftBehind",
  { timedOut, options }: { readonly timedOut: boolean; readonly options: AttemptOptions },
): Outcome {
  if (timedOut) {
    const why = ended !== "leftBehind" && ended.kind === "failed" ? `: ${ended.message}` : "";
    const after = `timed out after ${options.timeoutMs / 1000} s`;
    // An abort's own message adds nothing to the timeout.
    return { kind: "failed", message: /abort|timed out/i.test(why) ? after : `${after}${why}` };
  }
  if (options.signal.aborted && (ended === "leftBehind" || ended.kind === "failed")) {
    return { kind: "blocked", message: `stopped half-way: ${reasonOf(options.signal)}` };
  }
  // Left behind happens after an abort only, and both aborts are handled above.
  return ended === "leftBehind" ? { kind: "failed", message: "never ended" } : ended;
}

function afterCleanUp(outcome: Outcome, problems: readonly string[], notes: AttemptNotes): Outcome {
  if (problems.length === 0) return outcome;
  const line = `cleaning up failed: ${problems.join("; ")}`;
  if (outcome.kind === "passed") return { kind: "failed", message: line };
  notes.context.log(line);
  return outcome;
}

export function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}

/** Resolves `graceMs` after the abort, so that a check deaf to its signal cannot hold the run. */
function leftBehind(signal: AbortSignal): {
  readonly promise: Promise<"leftBehind">;
  cancel(): void;
} {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const promise = new Promise<"leftBehind">((resolve) => {
    onAbort = () => {
      timer = setTimeout(() => resolve("leftBehind"), graceMs);
    };
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    promise,
    cancel() {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    },
  };
}
