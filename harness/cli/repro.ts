/** `dnc repro`: runs what a bundle says, exactly: the same suites, checks, seed, path, target and configuration. */
import { spawn } from "node:child_process";
import type { Command } from "commander";
import { openBundle } from "../bundle/bundle.ts";
import { repeatWords } from "../bundle/repeat-words.ts";
import { commitHere } from "../core/asked.ts";
import { shellQuote } from "../core/shell-quote.ts";
import { UsageError } from "../core/usage-error.ts";
import { exitInterrupted, type Outside } from "./outside.ts";

export function addRepro(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("repro")
    .argument("<bundle>", "a file that dnc bundle wrote")
    .description("run what a bundle says, exactly")
    .addHelpText(
      "after",
      `
Examples:
  dnc repro dnc-bundle-20260102T030405Z-4f1c.tar.gz

Files that the run was asked with are taken from where they were, or from the bundle when they are not the same.
Exit code: that of the run; 2 also for a file that is no bundle.`,
    )
    .action(async (file: string) => {
      await using bundle = await openBundle(file);
      const { record, asked } = bundle;
      const say = (line: string) => outside.stderr.write(`${line}\n`);
      say(`run ${record.runId}, ${record.startedAt}: ${record.verdict}`);
      for (const { suite, id, outcome, message = "" } of record.checks) {
        if (outcome === "failed") say(`  ✗ ${suite}/${id}: ${message.split("\n")[0] ?? ""}`);
      }
      const commit = await commitHere();
      if (asked?.version !== outside.version || asked.commit !== commit) {
        const [then, now] = [asked?.commit ?? "unknown", commit ?? "unknown"];
        say(`it was dnc ${asked?.version ?? "?"} at ${then}, this is ${outside.version} at ${now}`);
      }
      const { words, notes } = await repeatWords(bundle);
      for (const note of notes) say(note);
      say(`$ ${outside.program} ${shellQuote(words)}`);
      end(await runAgain(words, outside));
    });
}

/** A program of its own, with our streams; the terminal's signals reach it by themselves. */
async function runAgain(words: readonly string[], outside: Outside): Promise<number> {
  const [file, ...rest] = outside.self;
  if (file === undefined) throw new UsageError("Cannot run again: this program has no name");
  const stopListening = outside.onInterrupt(() => {});
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(file, [...rest, ...words], { stdio: "inherit" });
      child.once("error", (error) =>
        reject(new UsageError(`Cannot run ${file}: ${error.message}`)),
      );
      child.once("exit", (code) => resolve(code ?? exitInterrupted));
    });
  } finally {
    stopListening();
  }
}
