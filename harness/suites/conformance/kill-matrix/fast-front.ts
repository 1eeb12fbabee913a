/** The fast front of plugins that run inside this process: a compiled forwarder, and the server it sends calls to. */
import { execFile } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** as fixtures/plugins/tiny/call.mjs says */
export interface Call {
  readonly env: Readonly<Record<string, string>>;
  readStdin(): Buffer;
  readonly pid: number;
  readonly enter: readonly string[];
  readonly executable: string;
  log(line: string): void;
}

export type Run = (call: Call) => Promise<{ readonly exitCode: number; readonly stdout: string }>;

const source = fileURLToPath(new URL("../../../../fixtures/plugins/front.c", import.meta.url));

/** The forwarder's path, or why there is none. */
export async function compileFront(
  directory: string,
): Promise<{ readonly binary: string } | { readonly reason: string }> {
  const binary = join(directory, "front");
  const compiler = process.env["CC"] ?? "cc";
  try {
    const flags = ["-O1", "-Wall", "-Wextra", "-Werror"];
    await promisify(execFile)(compiler, [...flags, "-o", binary, source], { timeout: 60_000 });
    return { binary };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { reason: `cannot compile the fast front with ${compiler}: ${text.split("\n")[0]}` };
  }
}

export class FrontServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #plugins = new Map<string, Run>();
  readonly #open = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => socket.destroy());
      serve(socket, this.#plugins);
    });
  }

  static async listen(path: string): Promise<FrontServer> {
    const server = new FrontServer();
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

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function serve(socket: Socket, plugins: ReadonlyMap<string, Run>): void {
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
    void answer(frame).then(
      (bytes) => socket.end(bytes),
      () => socket.destroy(),
    );
  });

  async function answer(frame: Frame): Promise<string> {
    const stderr: string[] = [];
    const call = mortal(
      callOf(frame, (line) => stderr.push(`tiny: ${line}\n`)),
      () => isDead,
    );
    const run = plugins.get(frame.executable);
    if (run === undefined) throw new Error(`Cannot run "${frame.executable}": nobody serves it`);
    const { exitCode, stdout } = await run(call);
    const text = stderr.join("");
    return `${exitCode} ${Buffer.byteLength(stdout)} ${Buffer.byteLength(text)}\n${stdout}${text}`;
  }
}

interface Frame {
  readonly pid: number;
  readonly errno: number;
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Buffer;
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
  const [executable = "", ...variables] = text.toString().split("\0").slice(0, -1);
  const env = Object.fromEntries(
    variables.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
  );
  return { pid, errno, executable, env, stdin };
}

function callOf(frame: Frame, log: (line: string) => void): Call {
  const { pid, executable, env, stdin, errno } = frame;
  return {
    env,
    pid,
    executable,
    log,
    enter: ["nsenter", `--net=/proc/${pid}/ns/net`, "--"],
    readStdin() {
      if (errno !== 0) throw new Error(`errno ${errno}`);
      return stdin;
    },
  };
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
