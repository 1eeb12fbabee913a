/** What reporters hear. They never see the runner; a reporter that throws is reported and dropped, the result stays. */
import type { CheckRecord, RunRecord } from "./record.ts";

export type RunEvent =
  | {
      readonly kind: "runStarted";
      readonly runId: string;
      readonly seed: number;
      readonly command: string;
      readonly suites: readonly { readonly name: string; readonly checks: number }[];
    }
  /** preparing, cleaning up: anything that takes a moment outside a check */
  | { readonly kind: "progress"; readonly line: string }
  | {
      readonly kind: "suiteStarted";
      readonly suite: string;
      readonly title: string;
      readonly checks: number;
    }
  | {
      readonly kind: "checkStarted";
      readonly suite: string;
      readonly id: string;
      readonly title: string;
    }
  | { readonly kind: "checkFinished"; readonly suite: string; readonly check: CheckRecord }
  | { readonly kind: "suiteFinished"; readonly suite: string }
  | { readonly kind: "warning"; readonly line: string }
  | { readonly kind: "runFinished"; readonly record: RunRecord };

export interface Reporter {
  readonly name: string;
  on(event: RunEvent): void | Promise<void>;
}
