/** Starts short commands through starter.c: forking this process for each would be most of a matrix's time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { ExecResult } from "../../../core/backend.ts";
import { compile } from "./compile.ts";

const source = fileURLToPath(new URL("starter.c", import.meta.url));
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface Start {
  /** network namespace to run it in; default: this process's */
  readonly netns?: string | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  /** default: PATH and LC_ALL=C */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** default 30,000; at the end SIGKILL */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type Started = Omit<ExecResult, "argv" | "durationMs">;

export class Starter implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #socket: string;

  private constructor(child: ChildProcess, socket: string) {
    this.#child = child;
    this.#socket = socket;
  }

  /** @param directory for its executable and its socket */
  static async open(directory: string): Promise<Starter> {
    const library = await compile(source, directory, ["-shared", "-fPIC"]);
    const socket = `${directory}/starter.sock`;
    const env = { ...process.env, LD_PRELOAD: library, STARTER_SOCKET: socket, LD_BIND_NOW: "1" };
    const child = spawn("ip", [], { stdio: ["pipe", "pipe", "inherit"], env });
    const [event] = await Promise.race([
      once(child.stdout, "data").then(() => ["ready"]),
      once(child, "exit").then(() => ["exit"]),
    ]);
    if (event !== "ready") throw new Error(`Cannot start ip with "${library}": it ended at once`);
    return new Starter(child, socket);
  }

  /** The standard streams are files, not pipes: for commands that read all and say all. */
  run(argv: readonly string[], start: Start = {}): Promise<Started> {
    const { netns = "", stdin = "", timeoutMs = 30_000, signal } = start;
    const env = start.env ?? { PATH: usualPath, LC_ALL: "C" };
    const variables = Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    );
    const texts = Buffer.from([netns, ...argv, ...variables, ""].join("\0"));
    const input = Buffer.from(stdin);
    const head = `${argv.length} ${variables.length} ${texts.length} ${input.length}\n`;
    return new Promise((resolve, reject) => {
      const socket = connect(this.#socket);
      const chunks: Buffer[] = [];
      const finish = (ended: Started) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        socket.destroy();
        resolve(ended);
      };
      const kill = (timedOut: boolean) =>
        finish({ signal: "SIGKILL", stdout: "", stderr: "", timedOut });
      const timer = setTimeout(() => kill(true), timeoutMs);
      const onAbort = () => kill(false);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) return onAbort();
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("error", reject);
      socket.on("end", () => finish(readEnd(Buffer.concat(chunks))));
      socket.write(Buffer.concat([Buffer.from(head), texts, input]));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}

function readEnd(bytes: Buffer): Started {
  const end = bytes.indexOf("\n");
  const head = bytes.subarray(0, end).toString().split(" ").map(Number);
  const [status = -9, length = 0] = head;
  const stdout = bytes.subarray(end + 1, end + 1 + length).toString();
  const stderr = bytes.subarray(end + 1 + length).toString();
  if (end === -1) return { signal: "SIGKILL", stdout: "", stderr: "", timedOut: false };
  const texts = { stdout, stderr, timedOut: false };
  return status < 0 ? { signal: `signal ${-status}`, ...texts } : { exitCode: status, ...texts };
}

/** A command line that enters a network namespace by nsenter, as the namespace and the rest. */
export function splitEntered(argv: readonly string[]): {
  readonly netns: string | undefined;
  readonly rest: readonly string[];
} {
  const [program = "", option = "", dashes, ...rest] = argv;
  const [, netns] = /^--net=(.+)$/.exec(option) ?? [];
  const isEntered = program.endsWith("nsenter") && netns !== undefined && dashes === "--";
  return isEntered ? { netns, rest } : { netns: undefined, rest: argv };
}
