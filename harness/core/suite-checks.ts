/** The checks of one open suite, one by one or side by side, until the last or a stop. */

import type { CasualtyWatch } from "./casualty-watch.ts";
import { reasonOf } from "./check-attempt.ts";
import { runCheck } from "./check-run.ts";
import type { PlannedSuite, SuiteRun } from "./plan.ts";
import type { Fixture } from "./suite.ts";
import type { SuiteLedger } from "./suite-ledger.ts";

export async function runChecks(
  fixture: Fixture,
  at: {
    readonly ledger: SuiteLedger;
    readonly planned: PlannedSuite;
    readonly run: SuiteRun;
    readonly watch: CasualtyWatch;
  },
): Promise<void> {
  const { ledger, run, watch } = at;
  const { suite, checks } = at.planned;
  const { plan, findings, signal, world } = run;
  const queue = checks.values();
  const worker = async () => {
    for (const check of queue) {
      if (signal.aborted) {
        ledger.add(check, { kind: "skipped", message: `not run: ${reasonOf(signal)}` });
        continue;
      }
      ledger.begin(check);
      const { record, figures, absent } = await runCheck(check, fixture, {
        suite: suite.name,
        seed: plan.seed,
        retries: plan.retries,
        ...(plan.timeoutMs !== undefined && { timeoutMs: plan.timeoutMs }),
        signal,
        retain: plan.retain,
        repeat: plan.repeat(suite.name, check.id),
        explain: (outcome) => watch.explain(outcome),
        failed: (message) => run.keepFailure({ suite: suite.name, check: check.id, message }),
      });
      for (const { samples, ...figure } of figures) {
        findings.figure({
          ...figure,
          ...(samples !== undefined && { samples: [...samples] }),
          world: `${world.backend} (emulated)`,
        });
      }
      for (const figure of absent) findings.noFigure(figure);
      ledger.end(record);
    }
  };
  const workers = Math.max(1, Math.min(suite.parallel ?? 1, checks.length));
  await Promise.all(Array.from({ length: workers }, worker));
}
