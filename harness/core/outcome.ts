/** How a check ended. Every outcome but `passed` says why; skips are never counted as passes. */
export type Outcome =
  | { readonly kind: "passed" }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly expected?: string;
      readonly actual?: string;
    }
  /** allowed, but unlike the common way, or below a recommendation */
  | { readonly kind: "finding"; readonly message: string }
  /** the machine lacks something this check needs */
  | { readonly kind: "skipped"; readonly message: string }
  /** something that should have worked before this check did not */
  | { readonly kind: "blocked"; readonly message: string }
  /** the plugin does not claim the version or capability */
  | { readonly kind: "notApplicable"; readonly message: string };

export type OutcomeKind = Outcome["kind"];
export const outcomeKinds = [
  "passed",
  "failed",
  "finding",
  "skipped",
  "blocked",
  "notApplicable",
] as const;

/** Thrown by a check (through its context) to end with an outcome other than passed. */
export class OutcomeSignal extends Error {
  override readonly name = "OutcomeSignal";
  readonly outcome: Outcome;

  constructor(outcome: Exclude<Outcome, { kind: "passed" }>) {
    super(outcome.message);
    this.outcome = outcome;
  }
}
