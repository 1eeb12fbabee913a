/**
 * What a plugin does wrong in every call: fails with exit status 0 or by a signal, tells its errors on stderr, prints lines
 * before its results. One requirement is about each; the other checks read its calls as if it were not so, for one
 * defect should fail one check. What is wrong in one kind of call only is no habit, and nobody looks past it.
 */
import type { Invoked } from "../../runtime/invoke.ts";
import { errorObject } from "../../spec/error.ts";
import { parseJson } from "./parse-json.ts";

export interface Habits {
  /** of an ordinary failure: PRO-03 */
  readonly exitsWithZero: boolean;
  /** of an ordinary failure: PRO-03 */
  readonly signal: string | undefined;
  /** ERR-02 */
  readonly errorOnStderr: boolean;
  /** PRO-04 */
  readonly printsBefore: boolean;
}

/** @param failed a call with an unknown command @param succeeded a call of VERSION */
export function habitsOf(failed: Invoked, succeeded: Invoked): Habits {
  const { exitCode, signal, stdout, stderr } = failed.evidence;
  return {
    exitsWithZero: exitCode === 0 && isError(lastLine(stdout) || lastLine(stderr)),
    signal: failed.timedOut ? undefined : signal,
    errorOnStderr: stdout.trim() === "" && isError(lastLine(stderr)),
    printsBefore: isObjectAfterLines(succeeded.evidence.stdout),
  };
}

/** The call as a plugin without these habits would have ended it. */
export function lookingPast(habits: Habits, { evidence, timedOut }: Invoked): Invoked {
  if (timedOut) return { evidence, timedOut };
  const { exitCode, signal, stdout, stderr, ...others } = evidence;
  const printed = habits.printsBefore && isObjectAfterLines(stdout) ? lastLine(stdout) : stdout;
  const isOnStderr = habits.errorOnStderr && stdout.trim() === "" && isError(lastLine(stderr));
  const said = isOnStderr ? lastLine(stderr) : printed;
  const isKilled = signal !== undefined && signal === habits.signal;
  const isFailure = isKilled || (habits.exitsWithZero && exitCode === 0 && isError(said));
  const code = isFailure ? 1 : exitCode;
  const end = {
    ...(code !== undefined && { exitCode: code }),
    ...(signal !== undefined && !isKilled && { signal }),
  };
  return { timedOut, evidence: { ...others, ...end, stdout: said, stderr } };
}

function isError(text: string): boolean {
  return errorObject.safeParse(parseJson(text)).success;
}

function isObjectAfterLines(text: string): boolean {
  return parseJson(text) === undefined && typeof parseJson(lastLine(text)) === "object";
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
