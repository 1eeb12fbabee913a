/** The daemon's end of the relay: takes calls from shims, one per connection, and answers each of them. */
import { createServer, type Socket } from "node:net";
import type { Log } from "../base/log.ts";
import { sleep } from "../base/time.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { printError } from "../cni/error-print.ts";
import { toCniError } from "../cni/to-cni-error.ts";
import { peekVersion } from "../cni/version.ts";
import type { RelayAnswer, RelayRequest } from "./relay.ts";
import { encodeAnswer, RelayFrameError, RelayRequestReader } from "./relay-frame.ts";
import { listenAt } from "./relay-socket.ts";

export interface RelayOptions {
  readonly socketPath: string;
  readonly log: Log;
  /** `signal` aborts when the shim is gone, or when the daemon stops and the call did not end in time. */
  readonly handle: (request: RelayRequest, signal: AbortSignal) => Promise<RelayAnswer>;
  /** bounds the silence of a shim that has not sent its whole call, or does not take its answer */
  readonly idleTimeoutMs: number;
  /** how long `close` waits for calls in flight before it aborts them, and again after that; default 10 s */
  readonly drainTimeoutMs?: number;
}

export interface RelayServer {
  /** Takes no more calls and waits, bounded, for those in flight. */
  close(): Promise<void>;
}

/** How soon a shim that went away is noticed. */
const probeIntervalMs = 200;

/** How long the rest of a refused call is read and dropped, so that its sender gets to see the answer. */
const lingerMs = 1_000;

/** Resolves when calls are taken; rejects when another live daemon answers at the path. */
export async function serveRelay(options: RelayOptions): Promise<RelayServer> {
  const connections = new Set<Connection>();
  let isClosing = false;
  // Half-open: the shim ends its side to say that stdin is complete, and then waits.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, options);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
    if (isClosing) void connection.stop();
  });
  const socket = await listenAt(server, options.socketPath);
  server.on("error", (error) => options.log.error("relay socket failed", { error }));
  const { drainTimeoutMs = 10_000 } = options;
  return {
    close: async () => {
      // From here on, though the socket listens a moment longer: a call that comes now is told to come back.
      isClosing = true;
      await socket.close();
      const calls = [...connections].map((connection) => connection.stop());
      await within(drainTimeoutMs, calls);
      for (const connection of connections) connection.abort();
      await within(drainTimeoutMs, calls);
      for (const connection of connections) connection.destroy();
    },
  };
}

async function within(ms: number, work: readonly Promise<void>[]): Promise<void> {
  const stop = new AbortController();
  const limit = sleep(ms, stop.signal).catch(() => undefined);
  await Promise.race([Promise.all(work), limit]);
  stop.abort();
}

/** One call: reading until the shim ends its side, then running, then answering. */
class Connection {
  readonly #socket: Socket;
  readonly #options: RelayOptions;
  readonly #reader = new RelayRequestReader();
  readonly #gone = new AbortController();
  readonly #closed: Promise<void>;
  #phase: "reading" | "running" | "answering" = "reading";

  constructor(socket: Socket, options: RelayOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.once("close", () => this.abort());
    socket.on("error", () => undefined); // the shim is gone: "close" follows
    socket.on("data", (chunk) => this.#take(chunk));
    socket.once("end", () => this.#run());
    socket.setTimeout(options.idleTimeoutMs, () => this.#silent());
  }

  /** Refuses a call that has not begun; resolves when the connection is done. */
  stop(): Promise<void> {
    if (this.#phase === "reading")
      this.#refuse(cniCodes.tryAgainLater, "Cannot serve the call: the daemon is stopping");
    return this.#closed;
  }

  abort(): void {
    this.#gone.abort(new DOMException("the caller is gone, or the daemon stops", "AbortError"));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#phase !== "reading") return; // the rest of a call that was refused
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#refuseFrame(error);
    }
  }

  #run(): void {
    if (this.#phase !== "reading") return;
    if (this.#reader.isEmpty) {
      this.destroy(); // somebody asked whether the daemon is alive
      return;
    }
    let request: RelayRequest;
    try {
      request = this.#reader.end();
    } catch (error) {
      this.#refuseFrame(error);
      return;
    }
    this.#phase = "running";
    this.#socket.setTimeout(0);
    // A shim that was killed looks like the end of stdin: no work may begin for what it had sent until then.
    this.#socket.write("", (error) => {
      if (error == null && !this.#gone.signal.aborted) void this.#call(request);
    });
  }

  async #call(request: RelayRequest): Promise<void> {
    // After the end of its input, Node notices a vanished peer only by writing; nothing written fails too (EPIPE).
    const probe = setInterval(() => this.#socket.write(""), probeIntervalMs);
    this.#socket.once("close", () => clearInterval(probe)); // a call may never end
    let answer: RelayAnswer;
    try {
      answer = await this.#options.handle(request, this.#gone.signal);
    } catch (thrown) {
      const error = toCniError(thrown);
      this.#options.log.error("call failed without an answer", { error: thrown });
      answer = errorAnswer(error, peekVersion(request.stdin));
    } finally {
      clearInterval(probe);
    }
    this.#answer(answer);
  }

  #silent(): void {
    const ms = this.#options.idleTimeoutMs;
    if (this.#phase === "reading") {
      this.#refuse(cniCodes.ioFailure, `Cannot read the call: nothing of it came for ${ms} ms`);
    } else {
      this.#options.log.warn("a shim does not take its answer", { idleTimeoutMs: ms });
      this.destroy();
    }
  }

  #refuseFrame(error: unknown): void {
    if (!(error instanceof RelayFrameError)) throw error;
    const code = error.fault === "environment" ? cniCodes.invalidEnvironment : cniCodes.ioFailure;
    this.#refuse(code, error.message);
  }

  #refuse(code: CniError["code"], message: string): void {
    this.#options.log.warn("call refused before it began", { code, reason: message });
    this.#answer(errorAnswer(new CniError(code, message), undefined));
  }

  #answer(answer: RelayAnswer): void {
    this.#phase = "answering";
    if (this.#socket.destroyed) return;
    this.#socket.setTimeout(this.#options.idleTimeoutMs);
    this.#socket.end(encodeAnswer(answer), () => {
      if (this.#socket.readableEnded) this.#socket.destroy();
      else setTimeout(() => this.#socket.destroy(), lingerMs).unref();
    });
  }
}

function errorAnswer(error: CniError, cniVersion: string | undefined): RelayAnswer {
  return {
    exitCode: 1,
    stdout: `${printError(error, cniVersion)}\n`,
    stderr: `${error.message}\n`,
  };
}
