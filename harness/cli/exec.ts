/** `dnc exec`: run a command on a host, a DPU or in a pod of a world that is up, with this terminal. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "commander";
import { UsageError } from "../core/usage-error.ts";
import { theWorld } from "./held-worlds.ts";
import type { Outside } from "./outside.ts";

export function addExec(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("exec")
    .argument("<place>", "NODE, NODE/host, NODE/dpu or NODE/POD")
    .argument("<command...>", "what to run, after --")
    .description("run a command in a world that is up")
    .option("--world <name>", "which world (default: the only one)")
    .addHelpText(
      "after",
      `
Examples:
  dnc exec node1 -- sh               a shell on the host of node1
  dnc exec node1/dpu -- ip route     a command on its DPU
  dnc exec --world dnc-4f1c node2 -- ping -c 1 10.244.1.1

The exit code is the command's.`,
    )
    .action(
      async (place: string, argv: readonly string[], options: { readonly world?: string }) => {
        const worlds = await outside.worlds();
        const { id } = theWorld(options.world, worlds.find());
        end(await attach(worlds.command(id, place, argv), outside));
      },
    );
}

/** Runs with our own streams; the terminal's signals reach the command by themselves. */
async function attach(argv: readonly string[], outside: Outside): Promise<number> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new UsageError("Cannot run nothing: give a command after --");
  const stopListening = outside.onInterrupt(() => {});
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(file, rest, { stdio: "inherit" });
      child.once("error", (error) =>
        reject(new UsageError(`Cannot run ${file}: ${error.message}`)),
      );
      child.once("exit", (code, signal) => {
        resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
      });
    });
  } finally {
    stopListening();
  }
}
