/**
 * The long-running processes of a world. Each has a process group of its own and a record on disk (pid and start
 * time) from its first moment, so that `clean` finds exactly these after a crash of the harness.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../../impl/base/command-error.ts";
import type { Process, SpawnOptions } from "../core/backend.ts";
import { LineQueue } from "./line-queue.ts";
import { recordProcess } from "./process-record.ts";
import { defaultEnvironment, killGroup } from "./run-command.ts";

const defaultTermGraceMs = 3_000;

type End = { readonly exitCode?: number; readonly signal?: string };

export class Processes {
  readonly #running = new Set<Process>();
  readonly #children = new Set<ChildProcess>();
  readonly #recordDirectory: string;
  readonly #termGraceMs: number;

  /** @param recordDirectory one file per running process, named by its pid */
  constructor(recordDirectory: string, options: { readonly termGraceMs?: number } = {}) {
    this.#recordDirectory = recordDirectory;
    this.#termGraceMs = options.termGraceMs ?? defaultTermGraceMs;
    mkdirSync(recordDirectory, { recursive: true });
  }

  /** `options.logFile` is where its words go; with `interactive` only those on stderr. */
  spawn(argv: readonly string[], options: SpawnOptions & { readonly logFile: string }): Process {
    const [file = "", ...rest] = argv;
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, "a");
    const child = spawn(file, rest, {
      env: { ...(options.environment ?? defaultEnvironment()) },
      detached: true,
      stdio: options.interactive ? ["pipe", "pipe", log] : ["ignore", log, log],
    });
    closeSync(log);
    const forget =
      child.pid === undefined
        ? () => {}
        : recordProcess(this.#recordDirectory, child.pid, options.name);
    const running = processOf(child, argv, { ...options, termGraceMs: this.#termGraceMs });
    this.#running.add(running);
    this.#children.add(child);
    void running.exited.then(() => {
      this.#running.delete(running);
      this.#children.delete(child);
      forget();
    });
    return running;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
  }

  /** Lets this process end while they run on. */
  release(): void {
    for (const child of this.#children) child.unref();
  }
}

function processOf(
  child: ChildProcess,
  argv: readonly string[],
  options: SpawnOptions & { readonly termGraceMs: number },
): Process {
  const lines = new LineQueue();
  child.stdout?.on("data", (chunk: Buffer) => lines.push(chunk));
  child.stdout?.on("end", () => lines.end());
  child.stdin?.on("error", () => {}); // it ended: `exited` says so
  const exited = new Promise<End>((resolve) => {
    child.once("error", () => resolve({ exitCode: 127 }));
    child.once("exit", (exitCode, signal) =>
      resolve({
        ...(exitCode === null ? {} : { exitCode }),
        ...(signal === null ? {} : { signal }),
      }),
    );
  });
  const running: { -readonly [Key in keyof Process]: Process[Key] } = {
    name: options.name,
    pid: child.pid ?? -1,
    exited: exited.then((end) => {
      running.ended = end;
      if (child.stdout === null) lines.end();
      return end;
    }),
    kill: (signal) => {
      if (running.ended === undefined) killGroup(child, signal);
    },
    async stop() {
      if (running.ended !== undefined) return;
      killGroup(child, "SIGTERM");
      const timer = setTimeout(() => killGroup(child, "SIGKILL"), options.termGraceMs);
      await exited;
      clearTimeout(timer);
      killGroup(child, "SIGKILL"); // children it left behind in its group
    },
    write(line) {
      if (child.stdin === null) {
        throw new CommandError({ argv, stderr: "it is not interactive and has no stdin" });
      }
      child.stdin.write(`${line}\n`);
    },
    lines: () => lines.lines(),
  };
  return running;
}
