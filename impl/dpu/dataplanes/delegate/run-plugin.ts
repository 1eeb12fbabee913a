/**
 * Runs one CNI executable with bounds: in time, in output, and in what it leaves behind. It is the leader of a process
 * group of its own; when it has ended, whatever is left of the group is killed. A process that made itself a session of
 * its own, as daemons do, is none of ours.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { errnoOf } from "../../../base/errno.ts";
import type { PluginEnd } from "./plugin-failure.ts";

export interface PluginCall {
  readonly executable: string;
  readonly arguments?: readonly string[];
  /** exactly these */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** its reason says why the plugin was killed */
  readonly signal: AbortSignal;
}

/** Never rejects for what the plugin did. */
export type RunPlugin = (call: PluginCall) => Promise<PluginEnd>;

/** A result is some hundred bytes; what is larger is no result. */
const longestStdout = 1024 * 1024;
const keptStderr = 16 * 1024;
/** After its end, for the rest of its output: all of it is waited for only when another process still holds the pipes. */
const drainMs = 1_000;
/** A killed process that does not end sleeps in the kernel, and nothing more can be done about it. */
const deathMs = 1_000;

export const runPlugin: RunPlugin = async ({
  executable,
  arguments: words = [],
  environment,
  stdin,
  signal,
}) => {
  signal.throwIfAborted();
  const child = spawn(executable, [...words], {
    cwd: "/",
    env: { ...environment },
    detached: true,
  });
  const output = { stdout: "", stderr: "" };
  let killed: string | undefined;
  const kill = (why: string) => {
    killed ??= why;
    killGroup(child.pid);
  };
  const out = collect(child.stdout, (text) => {
    output.stdout = text;
    if (text.length > longestStdout) kill(`it printed more than ${longestStdout} bytes`);
  });
  const err = collect(child.stderr, (text) => {
    output.stderr = text.slice(0, keptStderr);
  });
  // A plugin may end without reading its configuration.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const onAbort = () => kill(reasonOf(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { exitCode, signal: by } = await ended(child, () => killed !== undefined);
    killGroup(child.pid);
    await Promise.race([Promise.all([out, err]), delay(drainMs)]);
    // On a busy machine the timer may be first although the output lies in the pipe.
    await new Promise((resolve) => setImmediate(resolve));
    const short = { ...output, stdout: output.stdout.slice(0, longestStdout) };
    return {
      exitCode: killed === undefined ? exitCode : undefined,
      ...(by !== undefined && { signal: by }),
      ...(killed !== undefined && { killed }),
      ...short,
    };
  } finally {
    signal.removeEventListener("abort", onAbort);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }
};

interface Ended {
  readonly exitCode: number | undefined;
  readonly signal?: string;
}

function ended(child: ChildProcessWithoutNullStreams, isKilled: () => boolean): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const undead = setInterval(() => {
      if (!isKilled()) return;
      if (since === 0) since = performance.now();
      if (performance.now() - since > deathMs) finish({ exitCode: undefined, signal: "SIGKILL" });
    }, 100);
    let since = 0;
    const finish = (how: Ended) => {
      clearInterval(undead);
      resolve(how);
    };
    child.once("error", (error) => {
      clearInterval(undead);
      const state = errnoOf(error) ?? error.message;
      reject(new Error(`Cannot run the plugin "${child.spawnfile}": ${state}`, { cause: error }));
    });
    child.once("exit", (code, by) =>
      finish(
        code === null ? { exitCode: undefined, signal: by ?? "a signal" } : { exitCode: code },
      ),
    );
  });
}

/** Text so far, told with each piece; resolves at the end of the stream. */
function collect(stream: NodeJS.ReadableStream, tell: (text: string) => void): Promise<void> {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (piece: string) => {
    // Beyond the bound it is drained, not kept: a plugin must not fill our memory before it dies.
    if (text.length <= longestStdout) text += piece;
    tell(text);
  });
  return new Promise((resolve) => {
    stream.once("end", () => resolve());
    stream.once("error", () => resolve());
    stream.once("close", () => resolve());
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left of it.
  }
}

function reasonOf(signal: AbortSignal): string {
  const { reason } = signal;
  return reason instanceof Error ? reason.message : String(reason);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
