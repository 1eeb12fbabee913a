/** The program `dnc`: one command line, one exit code, and one line for a fault that nobody caught. */
import { faultLine, main } from "./cli/main.ts";
import { exitCouldNotRun } from "./cli/outside.ts";
import { realOutside } from "./cli/real-outside.ts";

const outside = realOutside();
let faults = 0;

process.on("uncaughtException", (error) => {
  faults += 1;
  outside.stderr.write(`${faultLine(error, outside.arguments)}\n`);
  // A command that listens cleans up first; one that does not has nothing to clean up.
  if (faults > 1 || !outside.interrupt()) process.exit(exitCouldNotRun);
});

const code = await main(outside);
// What is still buffered goes out first; a handle left open by a check must not keep the program alive.
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(faults > 0 ? exitCouldNotRun : code);
