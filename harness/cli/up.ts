/** `dnc up`: a world to work in by hand, held by a process of its own until `dnc down`. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { watchInterrupts } from "./interrupts.ts";
import { exitCouldNotRun, exitInterrupted, exitPassed, type Outside } from "./outside.ts";
import { addWorldOptions, type WorldOptions } from "./world-options.ts";

interface UpOptions extends WorldOptions {
  readonly offload: boolean;
}

/** What `dnc hold` prints when the world is ready; what follows it is the world's name. */
export const readyMark = "ready:";

export function addUp(program: Command, outside: Outside, end: (code: number) => void): void {
  const command = program
    .command("up")
    .description("bring a world up, install the offload in it, and leave it running")
    .option("--no-offload", "nodes and cards only");
  addWorldOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dnc up                         two nodes with the offload on them
  dnc up --nodes 3 --vfs 16 --no-offload
  dnc exec node1 -- sh           a shell on its host
  dnc down`,
    )
    .action(async (options: UpOptions) => end(await up(options, outside)));
}

async function up(options: UpOptions, outside: Outside): Promise<number> {
  using interrupts = watchInterrupts(outside);
  const argv = [
    ...outside.self,
    "hold",
    ...(options.nodes === undefined ? [] : ["--nodes", String(options.nodes)]),
    ...["--vfs", String(options.vfs)],
    ...(options.mtu === undefined ? [] : ["--mtu", String(options.mtu)]),
    ...(options.offload ? [] : ["--no-offload"]),
  ];
  const [file = process.execPath, ...rest] = argv;
  // A session of its own: closing this terminal must not take the world away.
  const holder = spawn(file, rest, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => void holder.kill("SIGTERM");
  interrupts.signal.addEventListener("abort", stop);
  const exited = new Promise<undefined>((resolve) =>
    holder.once("close", () => resolve(undefined)),
  );
  holder.once("error", (error) => outside.stderr.write(`dnc: Cannot start: ${error.message}\n`));
  holder.stderr.on("data", (chunk: Buffer) => outside.stderr.write(chunk.toString()));
  const ready = await Promise.race([untilReady(holder.stdout, outside), exited]);
  if (ready === undefined) return interrupts.signal.aborted ? exitInterrupted : exitCouldNotRun;
  interrupts.signal.removeEventListener("abort", stop);
  for (const stream of [holder.stdout, holder.stderr]) stream.destroy();
  holder.unref();
  outside.stdout.write(
    [
      `${ready} is up`,
      `  ${outside.program} exec node1 -- sh          a shell on a host`,
      `  ${outside.program} exec node1/dpu -- ip addr a command on its DPU`,
      `  ${outside.program} down ${ready}            take it away`,
      "",
    ].join("\n"),
  );
  return exitPassed;
}

/** Shows the holder's progress; the world's name once it is ready, undefined when the holder ends before. */
async function untilReady(
  stdout: NodeJS.ReadableStream,
  outside: Outside,
): Promise<string | undefined> {
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    if (line.startsWith(readyMark)) return line.slice(readyMark.length).trim();
    outside.stdout.write(`${line}\n`);
  }
  return undefined;
}
