/** What a check's exception means: its own signal, a failed assertion, or a fault nobody expected. */
import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import { errorText } from "./error-text.ts";
import { type Outcome, OutcomeSignal } from "./outcome.ts";

export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof OutcomeSignal) return error.outcome;
  if (error instanceof AssertionError) {
    const message = error.generatedMessage ? "the values differ" : errorText(error);
    return {
      kind: "failed",
      message,
      expected: inspect(error.expected),
      actual: inspect(error.actual),
    };
  }
  const name = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  return { kind: "failed", message: `${name}${errorText(error)}` };
}
