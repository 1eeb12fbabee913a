/** Opens a suite's fixture within a bound; one that arrives too late is closed on arrival. */
import { reasonOf } from "./check-attempt.ts";
import { errorText } from "./error-text.ts";
import { type Outcome, OutcomeSignal } from "./outcome.ts";
import type { Fixture, Suite, SuiteContext } from "./suite.ts";

const openTimeoutMs = 180_000;
/** for open() to undo what it began, after its signal aborted */
const undoTimeoutMs = 20_000;

export type Opened =
  | { readonly kind: "opened"; readonly fixture: Fixture }
  /** the suite itself said what its checks are */
  | { readonly kind: "declined"; readonly outcome: Exclude<Outcome, { kind: "passed" }> }
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "broken"; readonly message: string };

export async function openSuite(
  suite: Suite,
  context: SuiteContext,
  timeoutMs = openTimeoutMs,
): Promise<Opened> {
  const stop = new AbortController();
  const { signal } = stop;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort(new Error("not ready in time"));
  }, timeoutMs);
  const forward = () => stop.abort(context.signal.reason);
  if (context.signal.aborted) forward();
  else context.signal.addEventListener("abort", forward, { once: true });
  const opening = (async () => suite.open({ ...context, signal }))();
  try {
    const fixture = await Promise.race([opening, undoneAfter(signal)]);
    return { kind: "opened", fixture };
  } catch (error) {
    opening.then((fixture) => fixture[Symbol.asyncDispose]()).catch(() => {});
    if (context.signal.aborted) return { kind: "stopped", reason: reasonOf(context.signal) };
    if (late) {
      return { kind: "broken", message: `not ready after ${timeoutMs / 1000} s` };
    }
    if (error instanceof OutcomeSignal && error.outcome.kind !== "passed") {
      return { kind: "declined", outcome: error.outcome };
    }
    return { kind: "broken", message: errorText(error) };
  } finally {
    // From here on the signal stays quiet: what closes the fixture may be bound to it, and must not be cut short.
    clearTimeout(timer);
    context.signal.removeEventListener("abort", forward);
  }
}

/** Rejects when the signal has aborted and open() has had its time to undo what it began. */
function undoneAfter(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => {
      setTimeout(() => reject(new Error("left behind")), undoTimeoutMs).unref();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
