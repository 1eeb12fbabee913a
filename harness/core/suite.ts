/**
 * A named list of checks over one prepared fixture. The runner calls `open` once, runs the checks in order (or side
 * by side where `parallel` says so), closes the fixture, and then holds the world against the snapshot taken before
 * `open`: whatever is left over fails the check `leaks` that the runner adds to every suite.
 */
import type { World } from "./backend.ts";
import type { Check } from "./check.ts";
import type { JudgedPlugin } from "./plugin.ts";

/** What a suite prepared. With `casualties` (Installation's) the runner watches the processes the checks rely on. */
export interface Fixture extends AsyncDisposable {
  /** Processes that died without being asked to, in a person's words; each fails the suite. */
  casualties?(): readonly string[];
  /**
   * Lines that the first use left in the world, of what nobody knows how to take away: the same at the end is a finding,
   * more is a leak.
   */
  leftByFirstUse?(): readonly string[];
  /** The plugins it judges, for the record. */
  plugins?(): readonly JudgedPlugin[];
}

export interface Suite<F extends Fixture = Fixture> {
  /** one word, as typed after `dnc run` */
  readonly name: string;
  readonly title: string;
  /** Known without a world, for `dnc list`. */
  checks(): readonly Check<F>[];
  /** Prepares what the checks share. May throw OutcomeSignal: then every check has that outcome. */
  open(context: SuiteContext): Promise<F>;
  /** how many checks may run side by side; default 1 */
  readonly parallel?: number;
}

export interface SuiteContext {
  readonly world: World;
  /** Aborts while open() runs; quiet once it is open, so that closing may use what is bound to it. */
  readonly signal: AbortSignal;
  readonly seed: number;
  /** One line of progress: what is being prepared now. */
  progress(line: string): void;
}
