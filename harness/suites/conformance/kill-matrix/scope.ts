/** Which checks a mutant is run under when all is asked for, and why not the others. */
import { createHash } from "node:crypto";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import { catalogue } from "../catalogue.ts";
import type { RequirementCheck } from "../requirement-check.ts";
import { slowChecks } from "./slow-checks.ts";

export const reasons = {
  slow: "each takes longer than 100 ms on the correct plugin: only under mutants that are meant for it",
  fatal: "nothing works with this mutant, so that others fail too says nothing about them",
} as const;

export type Reason = keyof typeof reasons;

export interface Scope {
  readonly checks: readonly RequirementCheck[];
  /** ids, by the reason */
  readonly notRun: { readonly [R in Reason]?: readonly string[] };
}

export function scopeOf({ meant, isFatal = false }: Mutation): Scope {
  const reason: Reason = isFatal ? "fatal" : "slow";
  const isMeant = ({ id }: RequirementCheck) => meant.includes(id);
  const isRun = (check: RequirementCheck) =>
    isMeant(check) || (!isFatal && !slowChecks.has(check.id));
  const left = catalogue.filter((check) => !isRun(check)).map(({ id }) => id);
  // A mutant that leaks may leave nothing for those that come late.
  const checks = [isMeant, (check: RequirementCheck) => !isMeant(check)].flatMap((isNow) =>
    catalogue.filter((check) => isRun(check) && isNow(check)),
  );
  return { checks, notRun: { [reason]: left } };
}

/** Says whether a row is of the mutant as it is now. */
export function digestOf({ part = "interface", file, find, replace, also, isProcess }: Mutation) {
  const text = JSON.stringify([part, file, find, replace, also ?? [], isProcess ?? false]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
