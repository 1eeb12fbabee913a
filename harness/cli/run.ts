/** `dnc run`: bring a world up, judge the suites in it, leave a record. */
import { relative } from "node:path";
import type { Command } from "commander";
import { keepAsked } from "../core/asked.ts";
import { errorText } from "../core/error-text.ts";
import { type Plan, planSuites } from "../core/plan.ts";
import type { RunRecord } from "../core/record.ts";
import { run } from "../core/run.ts";
import { openRunFolder, type RunFolder } from "../core/run-folder.ts";
import { newRunId } from "../core/run-id.ts";
import { newSeed } from "../core/seed.ts";
import { parseSelection } from "../core/select.ts";
import { shellQuote } from "../core/shell-quote.ts";
import { UsageError } from "../core/usage-error.ts";
import { multiplex } from "../reporters/multiplexer.ts";
import { chooseSuites } from "./choose-suites.ts";
import { compareRecords, usualThreshold } from "./compare.ts";
import { watchInterrupts } from "./interrupts.ts";
import {
  exitCouldNotRun,
  exitFailed,
  exitInterrupted,
  exitPassed,
  type Outside,
} from "./outside.ts";
import { readRecord } from "./read-record.ts";
import { addRunOptions, type RunCommandOptions, repeatCommand } from "./run-options.ts";
import { reportersAsked, runReporters } from "./run-reporters.ts";
import { worldSpec } from "./world-options.ts";

export function addRun(program: Command, outside: Outside, end: (code: number) => void): void {
  const command = program
    .command("run")
    .argument("[suite...]", "suites to run (default: those marked so in dnc list)")
    .description("bring a world up, judge the suites in it, leave a record");
  addRunOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dnc run                                  the default suites on two nodes
  dnc run smoke --plugin bridge            judge one plugin
  dnc run --test '^smoke/ADD' --test '!ipv6'   by pattern; exclusions win
  dnc run connectivity --nodes 3 --pods 8 --retain   keep the world of a failure
  dnc run --reporter json > record.json    the record on stdout, progress on stderr

Exit code: 0 passed, 1 a check failed, 2 could not run, 130 interrupted.`,
    )
    .action(async (names: string[], options: RunCommandOptions) => {
      end(await runCommand(names, options, outside));
    });
}

async function runCommand(
  names: readonly string[],
  options: RunCommandOptions,
  outside: Outside,
): Promise<number> {
  if (options.pods > options.vfs) {
    throw new UsageError(
      `Cannot run with --pods ${options.pods}: a node has ${options.vfs} VFs (raise --vfs)`,
    );
  }
  reportersAsked(options, outside.environment);
  const { plan, nodes } = await planOf(names, options, outside);
  const baseline = options.baseline === undefined ? undefined : await readRecord(options.baseline);
  const done = await outside.ensurePrivileges();
  if (done !== undefined) return done;

  using interrupts = watchInterrupts(outside);
  const runId = newRunId();
  const folder = await openFolder(options.results, runId);
  const near = relative(process.cwd(), folder.recordPath);
  const recordPath = near.startsWith("..") ? folder.recordPath : near;
  const reporters = multiplex(runReporters(options, outside, { folder, recordPath }), (line) =>
    outside.stderr.write(`${line}\n`),
  );
  const unkept = await keepAsked(folder, {
    version: outside.version,
    cwd: process.cwd(),
    words: outside.arguments,
  });
  if (unkept !== undefined) outside.stderr.write(`${unkept}\n`);
  try {
    const record = await run({
      runId,
      command: `${outside.program} ${shellQuote(outside.arguments)}`,
      plan,
      spec: worldSpec({ ...options, nodes }),
      backend: await outside.backend(),
      folder,
      signal: interrupts.signal,
      emit: (event) => reporters.emit(event),
    });
    await reporters.drain();
    const code = exitCodeOf(record);
    if (baseline === undefined || code === exitInterrupted) return code;
    return Math.max(code, compareWith(baseline, record, { options, outside }));
  } finally {
    await reporters.drain();
  }
}

/** Beside a report for machines on stdout, the table goes to stderr. */
function compareWith(
  before: RunRecord,
  after: RunRecord,
  { options, outside }: { readonly options: RunCommandOptions; readonly outside: Outside },
): number {
  const asked = reportersAsked(options, outside.environment);
  const isTaken = asked.includes("json") || asked.includes("junit");
  const stdout = isTaken ? outside.stderr : outside.stdout;
  return compareRecords({ before, after }, { threshold: usualThreshold }, { ...outside, stdout });
}

async function planOf(
  names: readonly string[],
  options: RunCommandOptions,
  outside: Outside,
): Promise<{ readonly plan: Plan; readonly nodes: number }> {
  const selection = parseSelection(options.test ?? []);
  const { target, conf, profile, runs, steps, path, sample, plant, runtime, dataplane } = options;
  if (path !== undefined && options.seed === undefined) {
    throw new UsageError('Cannot replay "--path" without "--seed": the failure printed both');
  }
  const seed = options.seed ?? newSeed();
  const repeat = (suite: string, checkId?: string) =>
    repeatCommand(outside.program, options, { suite, checkId, seed });
  const { suites, nodes } = chooseSuites(await outside.suites(), names, {
    pods: options.pods,
    nodes: options.nodes,
    plugins: options.plugin ?? [],
    ...(target !== undefined && { targets: target }),
    ...(conf !== undefined && { conf }),
    ...(dataplane !== undefined && { dataplane }),
    ...(profile !== undefined && { profile }),
    ...(runtime !== undefined && { runtime }),
    ...(runs !== undefined && { runs }),
    ...(steps !== undefined && { steps }),
    ...(path !== undefined && { path }),
    ...(sample !== undefined && { sample }),
    ...(plant !== undefined && { plant }),
    seed,
    repeat,
  });
  const plan: Plan = {
    suites: planSuites(suites, selection),
    seed,
    retries: options.retries,
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    failFast: options.failFast ?? false,
    retain: options.retain ?? false,
    repeat,
  };
  return { plan, nodes };
}

async function openFolder(results: string, runId: string): Promise<RunFolder> {
  try {
    return await openRunFolder(results, runId);
  } catch (error) {
    throw new UsageError(
      `Cannot write results to ${JSON.stringify(results)}: ${errorText(error)} (choose a folder with --results)`,
    );
  }
}

function exitCodeOf(record: RunRecord): number {
  switch (record.verdict) {
    case "passed":
      return exitPassed;
    case "failed":
      return exitFailed;
    case "couldNotRun":
      return exitCouldNotRun;
    case "interrupted":
      return exitInterrupted;
  }
}
