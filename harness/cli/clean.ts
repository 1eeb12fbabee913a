/** `dnc clean`: remove every trace of runs that died, and nothing of live ones. */
import type { Command } from "commander";
import { exitPassed, type Outside } from "./outside.ts";

export function addClean(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("clean")
    .description("remove what dead runs left; live ones are not touched")
    .addHelpText(
      "after",
      `
Examples:
  dnc clean`,
    )
    .action(async () => {
      const { stdout } = outside;
      const backend = await outside.backend();
      const { removed } = await backend.clean((line) => stdout.write(`${line}\n`));
      if (removed.length === 0) stdout.write("nothing to remove\n");
      end(exitPassed);
    });
}
