/** `dnc compare A B`: the figures of two records side by side; regressions fail it. */
import type { Command } from "commander";
import type { RunRecord } from "../core/record.ts";
import { type Compared, compareFigures, unlikeMachines } from "../figures/compare.ts";
import { comparisonTable } from "../reporters/comparison-table.ts";
import { colorsFor } from "../reporters/output.ts";
import { wholeNumber } from "./option-values.ts";
import { exitFailed, exitPassed, type Outside } from "./outside.ts";
import { readRecord } from "./read-record.ts";

/** percent */
export const usualThreshold = 5;

export function addCompare(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("compare")
    .argument("<before>", "record.json, a run's folder, or latest")
    .argument("<after>", "the same of another run")
    .description("compare the figures of two records")
    .option(
      "--threshold <percent>",
      "smaller differences do not matter",
      wholeNumber(0, 1_000),
      usualThreshold,
    )
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      `
Examples:
  dnc compare results/20260102T030405Z-4f1c latest
  dnc compare --threshold 10 --json old.json new.json

A regression is worse by more than the threshold, beyond both 95 % intervals, and by the rank test (p < 0.01) where
both records have samples. Exit code: 0 no regression, 1 a regression, 2 could not compare.`,
    )
    .action(
      async (
        before: string,
        after: string,
        options: { readonly threshold: number; readonly json?: boolean },
      ) => {
        const records = { before: await readRecord(before), after: await readRecord(after) };
        end(compareRecords(records, options, outside));
      },
    );
}

/** Prints the comparison and gives the exit code. */
export function compareRecords(
  { before, after }: { readonly before: RunRecord; readonly after: RunRecord },
  options: { readonly threshold: number; readonly json?: boolean },
  outside: Pick<Outside, "stdout" | "stderr" | "environment">,
): number {
  const compared = compareFigures(before.figures, after.figures, options.threshold / 100);
  const unlike = unlikeMachines(before, after);
  if (options.json) {
    const runs = { before: before.runId, after: after.runId };
    const document = { ...runs, unlikeMachines: unlike, threshold: options.threshold, compared };
    outside.stdout.write(`${JSON.stringify(document, withoutSamples, 2)}\n`);
  } else {
    print(compared, unlike, outside);
  }
  return compared.some(({ verdict }) => verdict === "regression") ? exitFailed : exitPassed;
}

function print(
  compared: readonly Compared[],
  unlike: readonly string[],
  { stdout: output, environment }: Pick<Outside, "stdout" | "environment">,
): void {
  const colors = colorsFor(output, environment);
  for (const line of unlike) {
    output.write(`${colors.yellow("!")} the machines are not alike: ${line}\n`);
  }
  for (const line of comparisonTable(compared, colors)) output.write(`${line}\n`);
}

function withoutSamples(key: string, value: unknown): unknown {
  return key === "samples" ? undefined : value;
}
