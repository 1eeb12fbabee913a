/** The life of the process: one command, one exit code, output flushed, and one line for a fault that nobody caught. */
import { faultLine, main } from "./main.ts";
import { exitCouldNotRun, type Outside } from "./outside.ts";

/** a reader that takes nothing must not keep the program alive */
const flushMs = 2_000;

/** Ends the process. `interrupt` tells whoever listens to Ctrl-C, and whether anyone does. */
export async function runProgram(outside: Outside & { interrupt(): boolean }): Promise<never> {
  let faults = 0;
  process.on("uncaughtException", (error) => {
    faults += 1;
    outside.stderr.write(`${faultLine(error, outside.arguments)}\n`);
    // A command that listens cleans up first; one that does not has nothing to clean up.
    if (faults > 1 || !outside.interrupt()) process.exit(exitCouldNotRun);
  });
  const code = await main(outside);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Not by falling off the end: a handle that a check left open would keep the program alive.
  process.exit(faults > 0 ? exitCouldNotRun : code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve();
    setTimeout(resolve, flushMs).unref();
    stream.write("", () => resolve());
  });
}
