/** One suite over a world: open, checks, close, and the checks the runner adds by itself: open, close, processes, leaks. */
import type { World } from "./backend.ts";
import { CasualtyWatch } from "./casualty-watch.ts";
import { reasonOf } from "./check-attempt.ts";
import { within } from "./deadline.ts";
import { errorText } from "./error-text.ts";
import { Interrupted } from "./interrupted.ts";
import { leftOver, restingSnapshot } from "./leak-oracle.ts";
import type { Outcome } from "./outcome.ts";
import type { PlannedSuite, SuiteRun } from "./plan.ts";
import { mixSeed } from "./seed.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Fixture } from "./suite.ts";
import { runChecks } from "./suite-checks.ts";
import { type AddedCheck, SuiteLedger } from "./suite-ledger.ts";
import { openSuite } from "./suite-open.ts";

const closeTimeoutMs = 60_000;

export async function runSuite(planned: PlannedSuite, run: SuiteRun): Promise<void> {
  const { suite, checks } = planned;
  const { world, findings, signal } = run;
  const ledger = new SuiteLedger(planned, run);
  ledger.start();
  if (signal.aborted) {
    ledger.endAll(checks, { kind: "skipped", message: `not run: ${reasonOf(signal)}` });
    return ledger.finish();
  }
  const progress = (line: string) => findings.emit({ kind: "progress", line });
  const before = await snapshotOf(world);
  let known: readonly string[] = [];
  progress(`${suite.name}: preparing`);
  const opened = await openSuite(suite, {
    world,
    signal,
    seed: mixSeed(run.plan.seed, suite.name),
    progress,
  });
  switch (opened.kind) {
    case "opened": {
      using watch = new CasualtyWatch(opened.fixture, findings.warn);
      for (const plugin of opened.fixture.plugins?.() ?? []) {
        const { versions, claims } = plugin;
        findings.judged({
          ...plugin,
          suite: suite.name,
          versions: [...versions],
          claims: [...claims],
        });
      }
      known = opened.fixture.leftByFirstUse?.() ?? [];
      await runChecks(opened.fixture, { ledger, planned, run, watch });
      judgeProcesses(watch, ledger);
      if (!ledger.retained) await close(opened.fixture, ledger, progress);
      break;
    }
    case "declined":
      ledger.endAll(checks, opened.outcome);
      break;
    case "stopped":
      ledger.endAll(checks, { kind: "skipped", message: `not run: ${opened.reason}` });
      break;
    case "broken":
      ledger.add(openCheck, {
        kind: "failed",
        message: `Cannot prepare "${suite.name}": ${opened.message}`,
      });
      ledger.endAll(checks, {
        kind: "blocked",
        message: `the suite did not open: ${opened.message}`,
      });
      break;
  }
  await judgeLeaks(before, { ledger, run, known });
  if (ledger.firstFailure) await run.keepFailure(ledger.firstFailure);
  ledger.finish();
}

const openCheck: AddedCheck = { id: "open", title: "the suite's fixture can be prepared" };
const closeCheck: AddedCheck = {
  id: "close",
  title: "the suite's fixture closes without an error",
};
const processesCheck: AddedCheck = {
  id: "processes",
  title: "the processes of the installation live until they are stopped",
};
const leaksCheck: AddedCheck = { id: "leaks", title: "the suite leaves the world as it found it" };

function judgeProcesses(watch: CasualtyWatch, ledger: SuiteLedger): void {
  const casualties = watch.look();
  if (casualties.length === 0) return;
  ledger.add(processesCheck, { kind: "failed", message: casualties.join("; ") });
}

async function close(
  fixture: Fixture,
  ledger: SuiteLedger,
  progress: (line: string) => void,
): Promise<void> {
  progress(`${ledger.suite}: cleaning up`);
  try {
    await within("closing", closeTimeoutMs, (async () => fixture[Symbol.asyncDispose]())());
  } catch (error) {
    const message = `Cannot close "${ledger.suite}": ${errorText(error)}`;
    ledger.add(closeCheck, { kind: "failed", message });
  }
}

/** A snapshot, or the reason there is none. */
async function snapshotOf(world: World): Promise<Snapshot | string> {
  try {
    return await restingSnapshot(world);
  } catch (error) {
    return errorText(error);
  }
}

async function judgeLeaks(
  before: Snapshot | string,
  at: { ledger: SuiteLedger; run: SuiteRun; known: readonly string[] },
): Promise<void> {
  const { ledger, run, known } = at;
  const startedMs = performance.now();
  ledger.begin(leaksCheck);
  const end = (outcome: Outcome, lines: readonly string[] = []) =>
    ledger.add(leaksCheck, outcome, { lines, durationMs: performance.now() - startedMs });
  if (ledger.retained) return end({ kind: "skipped", message: "the world is kept as it is" });
  if (run.signal.aborted && run.signal.reason instanceof Interrupted) {
    return end({ kind: "skipped", message: `not run: ${reasonOf(run.signal)}` });
  }
  try {
    if (typeof before === "string") throw new Error(before);
    const { leaked, constant } = await leftOver(run.world, before, { known });
    if (leaked.length > 0) {
      const message = `the world is not as it was: ${shown(leaked)}`;
      return end({ kind: "failed", message }, leaked);
    }
    if (constant.length === 0) return end({ kind: "passed" });
    const message = `left after the last DEL, and no more than after the first: ${shown(constant)}`;
    end({ kind: "finding", message }, constant);
  } catch (error) {
    end({ kind: "failed", message: `Cannot take a snapshot of the world: ${errorText(error)}` });
  }
}

function shown(lines: readonly string[]): string {
  const more = lines.length > 3 ? `; and ${lines.length - 3} more` : "";
  return `${lines.slice(0, 3).join("; ")}${more}`;
}
