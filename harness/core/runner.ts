/** Runs planned suites over one world, in order. Whatever a suite does, the next one runs, unless the run is to stop. */
import type { World } from "./backend.ts";
import { StoppedEarly } from "./interrupted.ts";
import type { Findings, Plan, SuiteRun } from "./plan.ts";
import { runSuite } from "./suite-run.ts";

export async function runSuites(
  world: World,
  plan: Plan,
  options: {
    readonly signal: AbortSignal;
    readonly findings: Findings;
    keepFailure: SuiteRun["keepFailure"];
    /** after each suite; the record on disk is refreshed */
    suiteEnded(): Promise<void>;
  },
): Promise<{ readonly retained: boolean }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let retained = false;
  for (const planned of plan.suites) {
    await runSuite(planned, {
      world,
      plan,
      findings: options.findings,
      signal,
      keepFailure: options.keepFailure,
      failed(outcome) {
        if (plan.retain && outcome === "failed") {
          retained = true;
          stop.abort(new StoppedEarly("stopped at the first failure (--retain)"));
        } else if (plan.failFast) {
          stop.abort(new StoppedEarly("stopped at the first failure (--fail-fast)"));
        }
      },
    });
    await options.suiteEnded();
  }
  return { retained };
}
