/** The fast fronts of plugins that run inside this process: a call of the harness's own, and a compiled forwarder for others. */
import { createServer, type Server, type Socket } from "node:net";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import type { ExecOptions, ExecResult } from "../../../core/backend.ts";
import { type Starter, splitEntered } from "./starter.ts";

/** how the tiny plugin runs a program when it is a process */
const commandSource = new URL("../../../../fixtures/plugins/tiny/command.mjs", import.meta.url);

/** the forwarder */
export const frontSource = fileURLToPath(
  new URL("../../../../fixtures/plugins/front.c", import.meta.url),
);

interface CommandOptions {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

type Command = (
  argv: readonly string[],
  options?: CommandOptions,
) => Promise<{
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}>;

/** as fixtures/plugins/tiny/call.mjs says */
export interface Call {
  readonly env: Readonly<Record<string, string | undefined>>;
  readStdin(): Buffer;
  readonly pid: number;
  readonly enter: readonly string[];
  readonly command: Command;
  readonly cwd: string;
  readonly executable: string;
  log(line: string): void;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr?: string;
  readonly signal?: NodeJS.Signals;
}

export type Run = (call: Call) => Promise<Ended>;

/** One call as the process that was started for it sees it. */
interface Frame {
  readonly pid: number;
  /** of reading its stdin; 0: it was read */
  readonly errno: number;
  readonly executable: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Buffer;
}

type Answer = Ended & { readonly stderr: string };

export class FrontServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #plugins = new Map<string, Run>();
  readonly #open = new Set<Socket>();
  readonly #starter: Starter;

  readonly #spawn: Command;

  private constructor(starter: Starter, spawn: Command) {
    this.#starter = starter;
    this.#spawn = spawn;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => socket.destroy());
      serve(socket, (frame, isDead) => this.#answer(frame, isDead));
    });
  }

  static async listen(path: string, starter: Starter): Promise<FrontServer> {
    const { command }: { command: Command } = await import(commandSource.href);
    const server = new FrontServer(starter, command);
    await new Promise<void>((resolve) => server.#server.listen(path, resolve));
    return server;
  }

  /** Calls of the forwarder at `executable` are run by `run`. */
  add(executable: string, run: Run): void {
    this.#plugins.set(executable, run);
  }

  remove(executable: string): void {
    this.#plugins.delete(executable);
  }

  serves(executable: string): boolean {
    return this.#plugins.has(executable);
  }

  /** A call without the forwarder. @param pid a process in the namespace that the call comes from */
  async exec(executable: string, pid: number, options: ExecOptions): Promise<ExecResult> {
    const { environment: env = {}, stdin = "", timeoutMs = 30_000, signal, cwd = "/" } = options;
    const startMs = performance.now();
    let isDead = false;
    let kill: (timedOut: boolean) => void = () => {};
    const killed = new Promise<boolean>((resolve) => {
      kill = resolve;
    });
    const timer = setTimeout(() => kill(true), timeoutMs);
    const onAbort = () => kill(false);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) kill(false);
    const frame = { pid, errno: 0, executable, cwd, env, stdin: Buffer.from(stdin) };
    const ended = await Promise.race([this.#answer(frame, () => isDead), killed]);
    isDead = true;
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    const durationMs = performance.now() - startMs;
    const shown = { argv: [executable], durationMs };
    if (typeof ended !== "boolean") {
      const { exitCode, signal: by, stdout, stderr } = ended;
      const end = by === undefined ? { exitCode } : { signal: by };
      return { ...shown, ...end, stdout, stderr, timedOut: false };
    }
    return { ...shown, signal: "SIGKILL", stdout: "", stderr: "", timedOut: ended };
  }

  async #answer(frame: Frame, isDead: () => boolean): Promise<Answer> {
    const run = this.#plugins.get(frame.executable);
    if (run === undefined) throw new Error(`Cannot run "${frame.executable}": nobody serves it`);
    const lines: string[] = [];
    const enter = ["nsenter", `--net=/proc/${frame.pid}/ns/net`, "--"];
    const call: Call = {
      ...frame,
      enter,
      command: (argv, options) => this.#command(frame.pid, argv, options),
      log: (line) => lines.push(`tiny: ${line}\n`),
      readStdin() {
        if (frame.errno !== 0) throw new Error(`errno ${frame.errno}`);
        return frame.stdin;
      },
    };
    const { stderr = "", ...ended } = await run(mortal(call, isDead));
    return { ...ended, stderr: lines.join("") + stderr };
  }

  /** Another plugin served here is called as this one was. */
  async #command(pid: number, argv: readonly string[], options: CommandOptions = {}) {
    const { netns, rest } = splitEntered(argv);
    const [program = ""] = rest;
    const { stdin = "", env, timeoutMs = 5_000 } = options;
    if (this.serves(program)) {
      const ran = await this.exec(program, pid, { environment: defined(env), stdin, timeoutMs });
      return { ...ran, exitCode: ran.exitCode };
    }
    if (program !== "ip" && program !== "tc") return this.#spawn(argv, options);
    const ran = await this.#starter.run(rest, { netns, stdin, env, timeoutMs });
    return { ...ran, exitCode: ran.exitCode };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function defined(env: CommandOptions["env"] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** One call that the forwarder sends; its process is dead when the connection ends. */
function serve(
  socket: Socket,
  answer: (frame: Frame, isDead: () => boolean) => Promise<Answer>,
): void {
  const chunks: Buffer[] = [];
  let isRunning = false;
  let isDead = false;
  socket.on("end", () => {
    isDead = true;
    if (!isRunning) socket.destroy();
  });
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    const frame = isRunning ? undefined : readFrame(Buffer.concat(chunks));
    if (frame === undefined) return;
    isRunning = true;
    void answer(frame, () => isDead).then(
      ({ exitCode, signal, stdout, stderr }) => {
        const code = signal === undefined ? exitCode : 128 + constants.signals[signal];
        const head = `${code} ${Buffer.byteLength(stdout)} ${Buffer.byteLength(stderr)}\n`;
        socket.end(`${head}${stdout}${stderr}`);
      },
      () => socket.destroy(),
    );
  });
}

/** What front.c sends; undefined while some of it is on its way. */
function readFrame(bytes: Buffer): Frame | undefined {
  const end = bytes.indexOf("\n");
  if (end === -1) return undefined;
  const head = bytes.subarray(0, end).toString().split(" ").map(Number);
  const [pid = 0, errno = 0, textLength = 0, stdinLength = 0] = head;
  const text = bytes.subarray(end + 1, end + 1 + textLength);
  const stdin = bytes.subarray(end + 1 + textLength, end + 1 + textLength + stdinLength);
  if (stdin.length < stdinLength || text.length < textLength) return undefined;
  const [executable = "", cwd = "/", ...variables] = text.toString().split("\0").slice(0, -1);
  const env = Object.fromEntries(
    variables.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
  );
  return { pid, errno, executable, cwd, env, stdin };
}

/** A call whose process was killed does nothing more, not even clean up: whatever it touches throws. */
function mortal(call: Call, isDead: () => boolean): Call {
  return new Proxy(call, {
    get(target, name, receiver) {
      if (isDead()) throw new Error("Cannot go on: the process is dead");
      return Reflect.get(target, name, receiver);
    },
  });
}
