/** `dnc hold`, which `dnc up` starts: brings the world up, says so on stdout, and keeps it until SIGTERM. */
import type { Command } from "commander";
import { reasonOf } from "../core/check-attempt.ts";
import { watchInterrupts } from "./interrupts.ts";
import { exitInterrupted, exitPassed, type Outside } from "./outside.ts";
import { readyMark } from "./up.ts";
import { addWorldOptions, type WorldOptions, worldSpec } from "./world-options.ts";

interface HoldOptions extends WorldOptions {
  readonly offload: boolean;
}

export function addHold(program: Command, outside: Outside, end: (code: number) => void): void {
  const command = program
    .command("hold", { hidden: true })
    .description("hold a world in the foreground until SIGTERM")
    .option("--no-offload", "nodes and cards only");
  addWorldOptions(command).action(async (options: HoldOptions) => {
    const done = await outside.ensurePrivileges();
    end(done ?? (await hold(options, outside)));
  });
}

async function hold(options: HoldOptions, outside: Outside): Promise<number> {
  using interrupts = watchInterrupts(outside);
  const { signal } = interrupts;
  const progress = (line: string) => outside.stdout.write(`  ${line}\n`);
  try {
    const backend = await outside.backend();
    await using world = await backend.up(worldSpec(options), { signal, progress });
    const installer = options.offload ? await outside.offload() : undefined;
    await using installation = await installer?.install(world, { signal, progress });
    outside.stdout.write(`${readyMark} ${world.id}\n`);
    await watchOver(installation, {
      signal,
      complain: (line) => outside.stderr.write(`${line}\n`),
    });
    return exitPassed;
  } catch (error) {
    if (!signal.aborted) throw error;
    outside.stderr.write(`${reasonOf(signal)}\n`);
    return exitInterrupted;
  }
}

/** Until the signal; daemons that die meanwhile are named once. */
async function watchOver(
  installation: { casualties(): readonly string[] } | undefined,
  { signal, complain }: { readonly signal: AbortSignal; complain(line: string): void },
): Promise<void> {
  const said = new Set<string>();
  const timer = setInterval(() => {
    for (const line of installation?.casualties() ?? []) {
      if (!said.has(line)) complain(line);
      said.add(line);
    }
  }, 500);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  clearInterval(timer);
}
