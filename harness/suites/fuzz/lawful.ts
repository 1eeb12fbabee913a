/** The two ways in which a plugin may end: a success with the verb's document and no more, or one error object. */
import { resultFaults } from "../../spec/result-rules.ts";
import type { Called } from "../conformance/plugin-call.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import { Refuted } from "./property.ts";

/** Exit status 0, and nothing the text forbids on stdout. */
export function mustSucceed(called: Called, what: string): unknown {
  const { answer } = called;
  mustEnd(called, what);
  if (answer.kind === "error") {
    throw new Refuted(`${what} should succeed, it failed with code ${answer.code}: ${answer.msg}`);
  }
  if (answer.violations.length > 0) {
    throw new Refuted(`${what} succeeded, but ${answer.violations.join("; ")}`);
  }
  return answer.document;
}

/** As `mustSucceed`, with a result that keeps every rule. */
export function mustGiveResult(called: Called, input: FuzzInput, netns: string): unknown {
  const document = mustSucceed(called, "ADD");
  const { version, ifname } = input;
  const faults = resultFaults(document, { version, ifname, netns });
  if (faults.length === 0) return document;
  throw new Refuted(
    `the result of ADD is wrong: ${faults.map(({ rule, text }) => `${rule} ${text}`).join("; ")}`,
  );
}

/** Exit status other than 0 and one error object with a code that means something. */
export function mustRefuse(called: Called, what: string): void {
  mustEnd(called, what);
  const { answer, evidence } = called;
  if (evidence.exitCode === 0) throw new Refuted(`${what} should fail, it exited with 0`);
  if (answer.kind === "success") throw new Refuted(`${what} should fail, it succeeded`);
  if (answer.violations.length > 0) {
    throw new Refuted(
      `${what} should fail with one error object, but ${answer.violations.join("; ")} (code ${answer.code}: ${answer.msg})`,
    );
  }
}

/** Either of the two. */
export function mustAnswer(called: Called, what: string): void {
  if (called.evidence.exitCode === 0) mustSucceed(called, what);
  else mustRefuse(called, what);
}

function mustEnd({ evidence, answer }: Called, what: string): void {
  if (evidence.signal !== undefined) {
    const hung = answer.violations.includes("it hung");
    throw new Refuted(hung ? `${what} hung` : `${what} died by ${evidence.signal}`);
  }
}

/** "ADD of a configuration of which it is cut off" reads badly; this reads well. */
export function called(input: FuzzInput): string {
  return input.mutation === undefined ? input.verb : `${input.verb} where ${input.mutation}`;
}
