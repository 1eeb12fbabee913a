/** Reads the command line, runs one command, and gives its exit code. Every wrong word costs one line and code 2. */
import { Command, CommanderError } from "commander";
import { errorText } from "../core/error-text.ts";
import { Interrupted } from "../core/interrupted.ts";
import { UsageError } from "../core/usage-error.ts";
import { addBundle } from "./bundle.ts";
import { addClean } from "./clean.ts";
import { addCompare } from "./compare.ts";
import { addDoctor } from "./doctor.ts";
import { addDown } from "./down.ts";
import { addExec } from "./exec.ts";
import { addHold } from "./hold.ts";
import { addList } from "./list.ts";
import { exitCouldNotRun, exitInterrupted, exitPassed, type Outside } from "./outside.ts";
import { addRepro } from "./repro.ts";
import { addRun } from "./run.ts";
import { addUp } from "./up.ts";

export async function main(outside: Outside): Promise<number> {
  let code = exitPassed;
  const program = commandLine(outside, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...outside.arguments], { from: "user" });
    return code;
  } catch (error) {
    return exitCodeOfError(error, outside);
  }
}

function commandLine(outside: Outside, end: (code: number) => void): Command {
  const program = new Command("dnc")
    .description(
      "Judge a CNI plugin, ours with its DPU offload or any other, in emulated clusters.",
    )
    .version(outside.version, "-V, --version")
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => outside.stdout.write(text),
      writeErr: (text) => outside.stderr.write(text),
      outputError: (text, write) => write(`${oneLine(text)}\n`),
    })
    .addHelpText(
      "after",
      `
Examples:
  dnc doctor                       is this machine ready?
  dnc run                          the default suites on two emulated nodes
  dnc run smoke --test '!GC'       one suite without some checks
  dnc bundle                       a run that failed as one file; dnc repro FILE runs it again
  dnc up                           a world to work in by hand
  dnc exec node1/dpu -- ip addr    a command in it
  dnc down                         and away with it
  dnc compare RUN latest           what got faster or slower between two runs

"dnc help COMMAND" has the options and examples of each.`,
    );
  for (const add of [
    addRun,
    addList,
    addDoctor,
    addUp,
    addDown,
    addExec,
    addClean,
    addCompare,
    addBundle,
    addRepro,
    addHold,
  ]) {
    add(program, outside, end);
  }
  for (const command of program.commands) {
    if (command.options.some(({ long }) => long === "--verbose")) continue;
    command.option("--verbose", "where an error happened, if there is one");
  }
  return program;
}

function exitCodeOfError(error: unknown, outside: Outside): number {
  if (error instanceof CommanderError) {
    // --help and --version end by an exception too; commander has written what there is to say.
    if (error.exitCode === 0) return exitPassed;
    return exitCouldNotRun;
  }
  if (error instanceof UsageError) {
    outside.stderr.write(`dnc: ${error.message}\n`);
    return exitCouldNotRun;
  }
  if (error instanceof Interrupted) return exitInterrupted;
  outside.stderr.write(`${faultLine(error, outside.arguments)}\n`);
  return exitCouldNotRun;
}

/** One line, the stack with --verbose. By our wording a foreseen error begins with "Cannot"; others are defects. */
export function faultLine(error: unknown, words: readonly string[]): string {
  const text = errorText(error);
  const report = text.startsWith("Cannot ")
    ? ""
    : " (this looks like a defect of dnc: please report it to the project's issue tracker, with what --verbose adds)";
  const stack = words.includes("--verbose") && error instanceof Error ? `\n${error.stack}` : "";
  return `dnc: ${text}${report}${stack}`;
}

/** Commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  return `dnc: ${text
    .trim()
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")}`;
}
