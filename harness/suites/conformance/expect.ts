/** Expectations about one call of a plugin, with messages that say what was done and what came of it. */
import type { CheckContext } from "../../core/check.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

/** Exit status 0; gives the document it printed. Where the verb fails in the plainest case too, one check says so: `inItself`. */
export function mustSucceed(t: CheckContext, called: Called, what: string): unknown {
  const { answer, isUsual = false } = called;
  if (answer.kind === "success") return answer.document;
  if (isUsual) t.blocked(`${what} failed as it does in the plainest case: ${answer.msg}`);
  return t.fail(`${what} should succeed, it failed with code ${answer.code}: ${answer.msg}`);
}

/** The call for the check that is about the plainest case. */
export function inItself({ answer, evidence }: Called): Called {
  return { answer, evidence };
}

/** For what a check builds on and does not judge: unless it succeeded, the check is blocked. */
export function given(t: CheckContext, called: Called, what: string): unknown {
  const { answer } = called;
  if (answer.kind === "success") return answer.document;
  return t.blocked(`${what} failed with code ${answer.code}: ${answer.msg}`);
}

export interface Failure {
  /** any of them; default: any at all */
  readonly codes?: readonly number[];
  /** words the message must contain */
  readonly names?: readonly string[];
}

/** A failure that says so by its exit status, and by one of these codes. */
export function mustFail(
  t: CheckContext,
  called: Called,
  expected: Failure & { readonly what: string },
): void {
  const { answer, evidence, pastHabits = evidence } = called;
  const { codes, names = [], what } = expected;
  if (pastHabits.signal !== undefined)
    t.fail(`${what} should fail cleanly, it was killed by ${pastHabits.signal}`);
  if (pastHabits.exitCode === 0) t.fail(`${what} should fail, it exited with 0`);
  if (answer.kind === "success") t.fail(`${what} should fail, it succeeded`);
  const { code, msg, details = "" } = answer;
  if (codes !== undefined && !codes.includes(code)) {
    t.fail(`${what} should fail with code ${codes.join(" or ")}, it failed with ${code}: ${msg}`);
  }
  const missing = names.filter((name) => !`${msg} ${details}`.includes(name));
  if (missing.length > 0) {
    t.fail(`${what}: the message should name ${missing.join(" and ")}, it says: ${msg}`);
  }
}

const settleMs = 2_000;
const pollMs = 40;

/** `work` leaves the node as it was; what comes to rest a moment later counts as at rest. */
export async function mustLeaveUnchanged<T>(
  t: CheckContext,
  subject: Subject,
  options: { readonly what: string; work(): Promise<T> },
): Promise<T> {
  const before = await subject.state();
  const done = await options.work();
  await mustBecome(t, subject, { state: before, what: options.what });
  return done;
}

export async function mustBecome(
  t: CheckContext,
  subject: Subject,
  expected: {
    readonly state: readonly string[];
    readonly what: string;
    /** for the check that is about what DEL leaves in the plainest case */
    readonly isPlainest?: boolean;
  },
): Promise<void> {
  const endMs = performance.now() + settleMs;
  for (;;) {
    const lines = difference(expected.state, await subject.state());
    if (lines.length === 0) return;
    if (performance.now() >= endMs) {
      t.evidence({ kind: "difference", title: `state after ${expected.what}`, lines });
      if (subject.leavesUsually && !expected.isPlainest) {
        t.blocked(`after ${expected.what} there is more: DEL leaves things in the plainest case`);
      }
      const more = lines.length > 3 ? ` and ${lines.length - 3} more` : "";
      t.fail(
        `${expected.what} should leave nothing behind: ${lines.slice(0, 3).join("; ")}${more}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** The state once it has stopped changing: a daemon may still be at work for a caller that is gone. */
export async function restingState(subject: Subject): Promise<readonly string[]> {
  const endMs = performance.now() + settleMs;
  let last = await subject.state();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 4 * pollMs));
    const now = await subject.state();
    if (difference(last, now).length === 0 || performance.now() >= endMs) return now;
    last = now;
  }
}

/** Lines that are gone, with "- ", and lines that are new, with "+ ". */
export function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [was, is] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ];
}
