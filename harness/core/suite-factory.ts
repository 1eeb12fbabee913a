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
  /** how many nodes serve it best when nobody says how many; default 2 */
  readonly wantsNodes?: number;
  /** makes whole pods, by whatever `runtime` names; the others call plugins themselves */
  readonly makesPods?: boolean;
  /** judges the offload over its built-in dataplane alone */
  readonly isRouted?: boolean;
  /** Throws UsageError when the options ask for something this suite does not have, such as an unknown plugin. */
  create(options: RunOptions): Suite;
}

export interface RunOptions {
  /** pods per node for suites that make a population */
  readonly pods: number;
  /** nodes of the world */
  readonly nodes: number;
  /** given by --plugin, in order: names, or for a suite that judges any plugin a path; empty: the suite's own choice */
  readonly plugins: readonly string[];
  /** target files given by --target */
  readonly targets?: readonly string[];
  /** configuration file given by --conf, for a --plugin that is a path */
  readonly conf?: string;
  /** what the offload runs on the DPUs: "routed", "delegate", "delegate:NAME" or "delegate:FILE" */
  readonly dataplane?: string;
  /** what makes pods, for suites that make whole ones; default: the double, which plays libcni */
  readonly runtime?: "double" | "containerd";
  /** whose reading of the specification decides: strict, skel, runtime */
  readonly profile?: string;
  /** of a grid of cases: "pairwise" runs a sample in which every two choices meet */
  readonly sample?: string;
  /** name of a bug planted into the product under test: fixtures/planted-bugs/bugs.yaml */
  readonly plant?: string;
  /** of properties: how many generated inputs each is tried with; default: the suite's own */
  readonly runs?: number;
  /** of sequences: how many steps are done in all; default: the suite's own */
  readonly steps?: number;
  /** of a property: replays the one input that --seed and this path give */
  readonly path?: string;
  /** the run's own, for messages that say how to see a thing again */
  readonly seed?: number;
  repeat?(suite: string, checkId: string): string;
  /** in place of the built-in installers, for self-tests */
  readonly installers?: readonly Installer[];
}
