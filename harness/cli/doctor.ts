/** `dnc doctor`: what this machine has and lacks for a run, and the command that mends each lack. */
import type { Command } from "commander";
import type { Prerequisite } from "../core/backend.ts";
import { type Colors, colorsFor } from "../reporters/output.ts";
import { exitCouldNotRun, exitPassed, type Outside } from "./outside.ts";

export function addDoctor(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("doctor")
    .description("say what this machine has and lacks; changes nothing")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      `
Examples:
  dnc doctor
  dnc doctor --json

Exit code: 0 ready to run, 2 something needed is missing.`,
    )
    .action(async (options: { readonly json?: boolean }) => {
      const prerequisites = await (await outside.backend()).doctor();
      if (options.json) {
        outside.stdout.write(`${JSON.stringify(prerequisites, undefined, 2)}\n`);
      } else {
        const colors = colorsFor(outside.stdout, outside.environment);
        for (const line of prerequisites.flatMap((one) => linesOf(one, colors))) {
          outside.stdout.write(`${line}\n`);
        }
      }
      const missing = prerequisites.filter(({ state }) => state === "missing");
      end(missing.length === 0 ? exitPassed : exitCouldNotRun);
    });
}

function linesOf({ name, state, detail, remedy }: Prerequisite, colors: Colors): readonly string[] {
  const mend = remedy === undefined ? [] : [`    ${colors.bold(remedy)}`];
  switch (state) {
    case "found":
      return [`${colors.green("✓ found")}    ${name}: ${detail}`];
    case "missing":
      return [`${colors.red("✗ missing")}  ${name}: ${detail}`, ...mend];
    case "optionalMissing":
      return [`${colors.yellow("- optional")} ${name}: ${detail}`, ...mend];
  }
}
