/** `dnc bundle`: a run that failed as one file to send; also when its world is long gone. */
import { join } from "node:path";
import type { Command } from "commander";
import { writeBundle } from "../bundle/bundle.ts";
import { exitPassed, type Outside } from "./outside.ts";

interface BundleOptions {
  readonly run?: string;
  readonly results: string;
  readonly out?: string;
}

export function addBundle(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("bundle")
    .description("put a run into one file to send: record, logs, state, how to repeat it")
    .option("--run <dir>", "folder of the run (default: the latest)")
    .option("--results <dir>", "where records are", "results")
    .option("--out <file>", "what to write (default: dnc-bundle-RUN.tar.gz here)")
    .addHelpText(
      "after",
      `
Examples:
  dnc bundle                                 the latest run
  dnc bundle --run results/20260102T030405Z-4f1c --out /tmp/bug.tar.gz
  dnc repro /tmp/bug.tar.gz                  the same run again, here or elsewhere

Private keys are left out. What the world was like is in it for each suite that failed.
Exit code: 0 written, 2 no such run or it cannot be written.`,
    )
    .action(async ({ run, results, out }: BundleOptions) => {
      const { program: name, stdout } = outside;
      const options = { program: name, ...(out !== undefined && { out }) };
      const { record, file } = await writeBundle(run ?? join(results, "latest"), options);
      const failed = record.checks.filter(({ outcome }) => outcome === "failed").length;
      stdout.write(`${file}\n`);
      outside.stderr.write(`run ${record.runId}: ${record.verdict}, ${failed} failed\n`);
      end(exitPassed);
    });
}
