/** Gives an ordinary user a place where worlds can be made: the same command again, inside a user namespace of its own. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { insideScript } from "./inside-script.ts";
import { LineQueue } from "./line-queue.ts";
import { holdLifeline, outsideOf, outsideVariable, printOutside } from "./outside.ts";
import { hasPrivileges, unshareOptions, userNamespaceObstacle } from "./privileges.ts";
import { identityOf } from "./process-identity.ts";
import { keepWorldsOf } from "./registry.ts";
import { findTool } from "./tool-path.ts";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH"] as const;
const couldNotRun = 2;

/**
 * Call first in a command that makes worlds, with `process.argv`. undefined: go on, the privileges are there.
 * A number: the command has run inside; exit with it.
 */
export async function ensurePrivileges(argv: readonly string[]): Promise<number | undefined> {
  if (outsideOf() !== undefined) {
    holdLifeline();
    return undefined;
  }
  if (hasPrivileges()) return undefined;
  const obstacle = await userNamespaceObstacle();
  if (obstacle !== undefined) {
    const { state, remedy } = obstacle;
    process.stderr.write(`Cannot make network namespaces: ${state} (${remedy})\n`);
    return couldNotRun;
  }
  return runInside(argv);
}

function runInside(argv: readonly string[]): Promise<number> {
  const self = identityOf(process.pid);
  const uid = process.getuid?.();
  if (self === undefined || uid === undefined) throw new Error('Cannot read "/proc": no process');
  const command = [process.execPath, ...process.execArgv, ...argv.slice(1)];
  // A session of its own: Ctrl-C reaches this process only, and the inside hears of it once.
  const child = spawn(
    findTool("unshare") ?? "unshare",
    [...unshareOptions, "sh", "-c", insideScript, "sh", ...command],
    {
      detached: true,
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      env: { ...process.env, [outsideVariable]: printOutside({ process: self, uid }) },
    },
  );
  const lifeline = child.stdio[3] as Duplex;
  lifeline.on("error", () => {}); // the inside has ended: its exit says so
  const forward = (signal: NodeJS.Signals) => lifeline.write(`${signal}\n`);
  for (const signal of forwarded) process.on(signal, forward);

  return new Promise<number>((resolve, reject) => {
    const finish = (code: number) => {
      for (const signal of forwarded) process.off(signal, forward);
      resolve(code);
    };
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
    // The only thing the inside ever says: its exit code, when its namespaces are to be kept.
    const said = new LineQueue();
    lifeline.on("data", (chunk: Buffer) => said.push(chunk));
    void (async () => {
      for await (const code of said.lines()) {
        const keeper = child.pid === undefined ? undefined : identityOf(child.pid);
        if (keeper !== undefined) keepWorldsOf(self, keeper);
        child.unref();
        lifeline.destroy();
        finish(Number(code));
      }
    })();
  });
}
