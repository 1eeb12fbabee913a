/** Runs a command to its end, in a process group of its own, with a deadline; never throws for what the command did. */
import { type ChildProcess, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { CommandError } from "../../impl/base/command-error.ts";
import type { ExecOptions, ExecResult } from "../core/backend.ts";
import { toolPath } from "./tool-path.ts";

const defaultTimeoutMs = 30_000;
/** A grandchild that outlives the command may hold its pipes open; what it says later is not waited for. */
const pipeGraceMs = 200;

export const defaultEnvironment = (): Readonly<Record<string, string>> => ({
  PATH: toolPath(),
  LC_ALL: "C",
});

/** @param shown what `ExecResult.argv` says: the command without what enters its place */
export function runCommand(
  argv: readonly string[],
  options: ExecOptions = {},
  shown: readonly string[] = argv,
): Promise<ExecResult> {
  const [file = "", ...rest] = argv;
  const startedAt = performance.now();
  const child = spawn(file, rest, {
    env: { ...(options.environment ?? defaultEnvironment()) },
    detached: true,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const stdout = collect(child, "stdout");
  const stderr = collect(child, "stderr");
  child.stdin?.on("error", () => {}); // a command need not read its stdin
  child.stdin?.end(options.stdin);

  return new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child, "SIGKILL");
    }, options.timeoutMs ?? defaultTimeoutMs);
    const onAbort = () => killGroup(child, "SIGKILL");
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted) onAbort();

    type End = { exitCode?: number; signal?: string; pipesHeld?: true };
    const finish = (end: End, failure = "") => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      child.stdout?.destroy();
      child.stderr?.destroy();
      const durationMs = performance.now() - startedAt;
      const texts = { stdout: stdout(), stderr: stderr() + failure };
      resolve({ argv: shown, ...end, ...texts, durationMs, timedOut });
    };
    child.once("error", (error) => finish({ exitCode: 127 }, error.message));
    child.once("exit", (exitCode, signal) => {
      const end = {
        ...(exitCode === null ? {} : { exitCode }),
        ...(signal === null ? {} : { signal }),
      };
      let closed = false;
      // After a busy moment the end of the pipes may be waiting to be read: one more turn for it.
      const giveUp = () => setImmediate(() => closed || finish({ ...end, pipesHeld: true }));
      const grace = setTimeout(giveUp, pipeGraceMs);
      child.once("close", () => {
        closed = true;
        clearTimeout(grace);
        finish(end);
      });
    });
  });
}

/** For commands of ours that must succeed: stdout, or a CommandError. */
export async function mustRun(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr, timedOut } = await runCommand(argv, options);
  if (exitCode === 0) return stdout;
  throw new CommandError({ argv, exitCode, stderr: timedOut ? "it took too long" : stderr });
}

/** Signals the whole group of a detached child; harmless when it has ended. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: all of it has ended
  }
}

function collect(child: ChildProcess, stream: "stdout" | "stderr"): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
