/**
 * How the command line finds suites: harness/suites/registry.ts lists one factory per suite, and `dnc run` creates the
 * chosen ones with what was asked for. Creating one touches nothing, so that `dnc list` can do it anywhere.
 */
import type { Installer } from "./installation.ts";
import type { Suite } from "./suite.ts";

export interface SuiteFactory {
  /** one word, as typed after `dnc run`; equal to the name of the suite it creates */
  readonly name: string;
  /** what the suite proves, one line for `dnc list` */
  readonly title: string;
  /** part of `dnc run` without names */
  readonly isDefault: boolean;
  /** Throws UsageError when the options ask for something this suite does not have, such as an unknown plugin. */
  create(options: RunOptions): Suite;
}

export interface RunOptions {
  /** pods per node for suites that make a population */
  readonly pods: number;
  /** names given by --plugin, in order; empty: each suite's own choice */
  readonly plugins: readonly string[];
  /** in place of the built-in installers, for self-tests */
  readonly installers?: readonly Installer[];
}
