/** One call of a shim, from its first byte to its answer. */
import type { Socket } from "node:net";
import type { Log } from "../base/log.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { printError } from "../cni/error-print.ts";
import { toCniError } from "../cni/to-cni-error.ts";
import { peekVersion } from "../cni/version.ts";
import type { RelayAnswer, RelayRequest } from "./relay.ts";
import { encodeAnswer, RelayFrameError, RelayRequestReader } from "./relay-frame.ts";
import type { Reading, RelayLimits } from "./relay-reading.ts";

export interface RelayOptions {
  readonly socketPath: string;
  readonly log: Log;
  /** `signal` aborts when the shim is gone, or when the daemon stops and the call did not end in time. */
  readonly handle: (request: RelayRequest, signal: AbortSignal) => Promise<RelayAnswer>;
  /** bounds the silence of a shim that has not sent its whole call, or does not take its answer */
  readonly idleTimeoutMs: number;
  /** how long `close` waits for calls in flight before it aborts them, and again after that; default 10 s */
  readonly drainTimeoutMs?: number;
  readonly limits?: Partial<RelayLimits>;
}

/** How soon a shim that went away is noticed. */
const probeIntervalMs = 200;

/** How long the rest of a refused call is read and dropped, so that its sender gets to see the answer. */
const lingerMs = 1_000;

/** One call: reading until the shim ends its side, then running, then answering. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: RelayOptions;
  #reader: RelayRequestReader | undefined = new RelayRequestReader();
  readonly #gone = new AbortController();
  readonly #closed: Promise<void>;
  readonly #reading: Reading;
  readonly #late: NodeJS.Timeout;
  #held = 0;
  #phase: "reading" | "running" | "answering" = "reading";

  constructor(socket: Socket, options: RelayOptions, reading: Reading) {
    this.#socket = socket;
    this.#options = options;
    this.#reading = reading;
    this.#late = setTimeout(() => this.#tooSlow(), reading.limits.readMs).unref();
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.once("close", () => this.#read());
    socket.once("close", () => {
      if (this.#phase !== "answering") this.abort();
    });
    socket.on("error", () => undefined); // the shim is gone: "close" follows
    socket.on("data", (chunk) => this.#take(chunk));
    socket.once("end", () => this.#run());
    socket.setTimeout(options.idleTimeoutMs, () => this.#silent());
  }

  /** Refuses a call that has not begun; resolves when the connection is done. */
  stop(): Promise<void> {
    if (this.#phase === "reading")
      this.refuse(cniCodes.tryAgainLater, "Cannot serve the call: the daemon is stopping");
    return this.#closed;
  }

  refuse(code: CniError["code"], message: string): void {
    this.#reading.refusals.warn(message, "call refused before it began", { code, reason: message });
    this.#answer(errorAnswer(new CniError(code, message), undefined));
  }

  abort(): void {
    this.#gone.abort(new DOMException("the caller is gone, or the daemon stops", "AbortError"));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#phase !== "reading") return; // the rest of a call that was refused
    if (!this.#reading.takes(chunk.length)) {
      const { readingBytes } = this.#reading.limits;
      const reason = `calls being sent take more than ${readingBytes} bytes`;
      this.refuse(cniCodes.tryAgainLater, `Cannot serve the call: ${reason}`);
      return;
    }
    this.#held += chunk.length;
    try {
      this.#reader?.push(chunk);
    } catch (error) {
      this.#refuseFrame(error);
    }
  }

  #run(): void {
    if (this.#phase !== "reading" || this.#reader === undefined) return;
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
    this.#read();
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

  /** Nothing more of it is read: what was kept is the call's now, or nobody's. */
  #read(): void {
    clearTimeout(this.#late);
    this.#reading.end(this, this.#held);
    this.#reader = undefined;
  }

  #tooSlow(): void {
    if (this.#phase !== "reading") return;
    const { readMs } = this.#reading.limits;
    this.refuse(cniCodes.ioFailure, `Cannot read the call: it was not complete after ${readMs} ms`);
  }

  #silent(): void {
    const ms = this.#options.idleTimeoutMs;
    if (this.#phase === "reading") {
      this.refuse(cniCodes.ioFailure, `Cannot read the call: nothing of it came for ${ms} ms`);
    } else {
      this.#options.log.warn("a shim does not take its answer", { idleTimeoutMs: ms });
      this.destroy();
    }
  }

  #refuseFrame(error: unknown): void {
    if (!(error instanceof RelayFrameError)) throw error;
    const code = error.fault === "environment" ? cniCodes.invalidEnvironment : cniCodes.ioFailure;
    this.refuse(code, error.message);
  }

  #answer(answer: RelayAnswer): void {
    this.#phase = "answering";
    this.#read();
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
