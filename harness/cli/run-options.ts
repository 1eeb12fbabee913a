/** The options of `dnc run`, and the command line that repeats one of its checks. */
import { type Command, Option } from "commander";
import { exactPattern } from "../core/select.ts";
import { shellQuote } from "../core/shell-quote.ts";
import { collect, fuzzPath, wholeNumber, wordList } from "./option-values.ts";
import { addWorldOptions, type WorldOptions, worldFlags } from "./world-options.ts";

export interface RunCommandOptions extends WorldOptions {
  readonly pods: number;
  readonly plugin?: readonly string[];
  readonly target?: readonly string[];
  readonly conf?: string;
  readonly dataplane?: string;
  readonly profile?: string;
  readonly runtime?: "double" | "containerd";
  readonly test?: readonly string[];
  readonly seed?: number;
  readonly runs?: number;
  readonly steps?: number;
  readonly sample?: "pairwise";
  readonly plant?: string;
  readonly path?: string;
  readonly baseline?: string;
  readonly retries: number;
  readonly timeout?: number;
  readonly failFast?: boolean;
  readonly retain?: boolean;
  readonly results: string;
  readonly reporter?: readonly string[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export const reporterNames = ["terminal", "json", "junit", "github"] as const;
const defaultPods = 4;

export function addRunOptions(command: Command): Command {
  return addWorldOptions(command)
    .option(
      "--pods <n>",
      "pods per node, for suites that make some",
      wholeNumber(1, 64),
      defaultPods,
    )
    .option(
      "--plugin <name>",
      "judge this plugin only (repeatable); for conformance also a path, with --conf",
      collect,
    )
    .option("--conf <file>", "network configuration of a --plugin given by its path")
    .option("--target <file>", "judge the plugin this target file describes (repeatable)", collect)
    .option(
      "--dataplane <name>",
      "what the offload runs on the DPUs: routed, delegate:NAME or delegate:FILE (default: routed); for matrix several, with commas",
    )
    .addOption(
      new Option("--profile <name>", "whose reading of the specification decides").choices([
        "strict",
        "skel",
        "runtime",
      ]),
    )
    .addOption(
      new Option(
        "--runtime <name>",
        "what makes the pods of connectivity: the double, which plays libcni (default), or a real containerd per node",
      ).choices(["double", "containerd"]),
    )
    .option(
      "--test <regex>",
      "only checks whose suite/id or title match; !regex leaves out (repeatable)",
      collect,
    )
    .option(
      "--seed <n>",
      "seed of everything random (default: a new one, printed)",
      wholeNumber(0, 2 ** 31 - 1),
    )
    .option(
      "--runs <n>",
      "generated inputs per property, for fuzz; rounds, for bench (default: its own)",
      wholeNumber(1, 1_000_000),
    )
    .addOption(
      new Option(
        "--sample <name>",
        "for faults: a sample of the grid in which every two choices meet",
      ).choices(["pairwise"]),
    )
    .option("--plant <name>", "judge a copy of the offload with this planted bug in it")
    .option(
      "--steps <n>",
      "steps of random sequences in all, for property (default: its own)",
      wholeNumber(1, 10_000_000),
    )
    .option(
      "--path <path>",
      "with --seed: replay one input of one property, or one sequence",
      fuzzPath,
    )
    .option(
      "--baseline <record>",
      "compare the figures with this record; a regression fails the run",
    )
    .option("--retries <n>", "further attempts of a failed check", wholeNumber(0, 100), 0)
    .option(
      "--timeout <ms>",
      "time for each check, in place of its own",
      wholeNumber(1, 86_400_000),
    )
    .option("--fail-fast", "stop at the first failure")
    .option("--retain", "stop at the first failure and keep its world")
    .option("--results <dir>", "where records go", "results")
    .option(
      "--reporter <list>",
      `of ${reporterNames.join(", ")} (default: terminal)`,
      wordList(reporterNames),
    )
    .option("--quiet", "only failures and the summary")
    .option("--verbose", "logs and evidence of every check");
}

/** What to type to run one check, or a whole suite, again in the same kind of world. */
export function repeatCommand(
  program: string,
  options: RunCommandOptions,
  of: { readonly suite: string; readonly checkId?: string | undefined; readonly seed: number },
): string {
  const tests =
    of.checkId === undefined ? (options.test ?? []) : [exactPattern(of.suite, of.checkId)];
  const words = [
    "run",
    of.suite,
    ...tests.flatMap((pattern) => ["--test", pattern]),
    ...worldFlags(options),
    ...(options.pods === defaultPods ? [] : ["--pods", String(options.pods)]),
    ...(options.plugin ?? []).flatMap((name) => ["--plugin", name]),
    ...(options.target ?? []).flatMap((file) => ["--target", file]),
    ...(options.conf === undefined ? [] : ["--conf", options.conf]),
    ...(options.dataplane === undefined ? [] : ["--dataplane", options.dataplane]),
    ...(options.profile === undefined ? [] : ["--profile", options.profile]),
    ...(options.runtime === undefined ? [] : ["--runtime", options.runtime]),
    ...(options.timeout === undefined ? [] : ["--timeout", String(options.timeout)]),
    ...(options.runs === undefined ? [] : ["--runs", String(options.runs)]),
    ...(options.plant === undefined ? [] : ["--plant", options.plant]),
    ...(options.steps === undefined ? [] : ["--steps", String(options.steps)]),
    ...["--seed", String(of.seed)],
  ];
  return `${program} ${shellQuote(words)}`;
}
