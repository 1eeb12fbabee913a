/** What a run was asked to do with its suites, apart from the world it does it in. */
import type { World } from "./backend.ts";
import type { Check } from "./check.ts";
import type { RunEvent } from "./event.ts";
import type { Failure } from "./keep-failure.ts";
import type { AbsentFigureRecord, CheckRecord, Figure, PluginRecord } from "./record.ts";
import type { Selection } from "./select.ts";
import type { Fixture, Suite } from "./suite.ts";
import { UsageError } from "./usage-error.ts";

export interface Plan {
  readonly suites: readonly PlannedSuite[];
  readonly seed: number;
  /** further attempts of a failed check; 0 for none */
  readonly retries: number;
  /** in place of every check's own */
  readonly timeoutMs?: number;
  readonly failFast: boolean;
  /** keep what a failure made: stop there, close nothing, keep the world */
  readonly retain: boolean;
  /** the command line that runs this check, or this suite, again */
  repeat(suite: string, checkId?: string): string;
}

export interface PlannedSuite {
  readonly suite: Suite;
  /** the selected ones, at least one */
  readonly checks: readonly Check<Fixture>[];
}

/** Where the pieces of a run report to. */
export interface Findings {
  emit(event: RunEvent): void;
  /** kept in the record, and said at once */
  warn(line: string): void;
  keep(check: CheckRecord): void;
  figure(figure: Figure): void;
  noFigure(figure: AbsentFigureRecord): void;
  /** what the suite judges, as soon as it is open */
  judged(plugin: PluginRecord): void;
}

export interface SuiteRun {
  readonly world: World;
  readonly plan: Plan;
  readonly findings: Findings;
  /** Ctrl-C or the end of a run that stops at its first failure */
  readonly signal: AbortSignal;
  /** Keeps what the world is like, once per suite; never throws. */
  keepFailure(of: Failure): Promise<void>;
  /** Called at each outcome that fails the run. */
  failed(outcome: "failed" | "blocked"): void;
}

/** The suites that have selected checks. Throws UsageError when nothing is left to run. */
export function planSuites(
  suites: readonly Suite[],
  selection: Selection,
): readonly PlannedSuite[] {
  const planned = suites
    .map((suite) => ({
      suite,
      checks: suite.checks().filter((check) => selection.selects(suite.name, check)),
    }))
    .filter(({ checks }) => checks.length > 0);
  if (planned.length > 0) return planned;
  const names = suites.map((suite) => suite.name).join(", ");
  const patterns = selection.patterns.map((pattern) => JSON.stringify(pattern)).join(" ");
  throw new UsageError(
    patterns === ""
      ? `Cannot run ${names}: no checks in it`
      : `Cannot run checks by --test ${patterns}: no check of ${names} matches (see dnc list)`,
  );
}
