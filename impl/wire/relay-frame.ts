/** The bytes of relay.ts: printing and incremental reading of both directions, within its limits. */
import {
  type RelayAnswer,
  type RelayRequest,
  relayGreeting,
  relayMaxEnvironmentBytes,
  relayMaxRequestBytes,
} from "./relay.ts";

/** Bytes that are no frame. The message is one line, without a full stop. */
export class RelayFrameError extends Error {
  override readonly name = "RelayFrameError";
  readonly fault: "greeting" | "environment" | "size" | "cut";

  constructor(fault: RelayFrameError["fault"], message: string) {
    super(message);
    this.fault = fault;
  }
}

export function encodeRequest(request: RelayRequest): Uint8Array {
  const entries = Object.entries(request.environment).map(([name, value]) => `${name}=${value}\0`);
  const head = Buffer.from(`${relayGreeting}\0${entries.join("")}\0`);
  return Buffer.concat([head, request.stdin]);
}

export function encodeAnswer(answer: RelayAnswer): Uint8Array {
  const stdout = Buffer.from(answer.stdout);
  const stderr = Buffer.from(answer.stderr);
  const head = Buffer.from(`${answer.exitCode} ${stdout.length} ${stderr.length}\n`);
  return Buffer.concat([head, stdout, stderr]);
}

const greeting = Buffer.from(`${relayGreeting}\0`);
const emptyEntry = Buffer.from("\0\0");

/** Collects one request; `push` throws as soon as no later byte could make it good. */
export class RelayRequestReader {
  readonly #bytes = new GrowingBytes();
  /** bytes of greeting and environment, the empty entry included; undefined until they are complete */
  #headLength: number | undefined;

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  push(chunk: Uint8Array): void {
    if (this.#bytes.length + chunk.length > relayMaxRequestBytes) {
      throw new RelayFrameError(
        "size",
        `Cannot read the call: it is longer than ${relayMaxRequestBytes} bytes`,
      );
    }
    const searched = Math.max(0, this.#bytes.length - 1);
    this.#bytes.push(chunk);
    if (this.#headLength === undefined) this.#findHead(searched);
  }

  /** The whole request, at the end of the stream. */
  end(): RelayRequest {
    if (this.#headLength === undefined) {
      throw new RelayFrameError("cut", "Cannot read the call: it ends inside its environment");
    }
    const bytes = this.#bytes.view();
    return {
      environment: parseEnvironment(bytes.subarray(greeting.length, this.#headLength - 1)),
      stdin: bytes.subarray(this.#headLength),
    };
  }

  #findHead(from: number): void {
    const bytes = this.#bytes.view();
    const seen = bytes.subarray(0, greeting.length);
    if (!greeting.subarray(0, seen.length).equals(seen)) {
      throw new RelayFrameError(
        "greeting",
        `Cannot read the call: the caller does not speak "${relayGreeting}", its executable is of another version`,
      );
    }
    const at = bytes.indexOf(emptyEntry, from);
    const length = at < 0 ? bytes.length : at + emptyEntry.length;
    if (length - greeting.length > relayMaxEnvironmentBytes) {
      throw new RelayFrameError(
        "environment",
        `Cannot read the call: its CNI_ variables are longer than ${relayMaxEnvironmentBytes} bytes`,
      );
    }
    if (at >= 0) this.#headLength = length;
  }
}

/** Only CNI_* variables are taken; of one named twice the first counts, as with getenv(3). */
function parseEnvironment(bytes: Uint8Array): Readonly<Record<string, string>> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const environment: Record<string, string> = {};
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new RelayFrameError("environment", "Cannot read the call: a CNI_ variable is not UTF-8");
  }
  for (const entry of text.split("\0")) {
    const at = entry.indexOf("=");
    const name = entry.slice(0, Math.max(0, at));
    if (name.startsWith("CNI_")) environment[name] ??= entry.slice(at + 1);
  }
  return environment;
}

const longestAnswerHead = 64;

/** Collects one answer: `push` gives it once it is complete. */
export class RelayAnswerReader {
  readonly #bytes = new GrowingBytes();

  push(chunk: Uint8Array): RelayAnswer | undefined {
    this.#bytes.push(chunk);
    const bytes = this.#bytes.view();
    const at = bytes.subarray(0, longestAnswerHead).indexOf("\n");
    if (at < 0 && bytes.length < longestAnswerHead) return undefined;
    const match = /^(\d{1,3}) (\d{1,9}) (\d{1,9})$/.exec(
      bytes.toString("latin1", 0, Math.max(0, at)),
    );
    if (match === null) throw new RelayFrameError("cut", "Cannot read the answer: it has no head");
    const [exitCode = 0, stdoutLength = 0, stderrLength = 0] = match.slice(1).map(Number);
    if (exitCode > 255)
      throw new RelayFrameError("cut", "Cannot read the answer: it has no exit code");
    const stdoutEnd = at + 1 + stdoutLength;
    if (bytes.length < stdoutEnd + stderrLength) return undefined;
    return {
      exitCode,
      stdout: bytes.toString("utf8", at + 1, stdoutEnd),
      stderr: bytes.toString("utf8", stdoutEnd, stdoutEnd + stderrLength),
    };
  }
}

/** Appends in amortised constant time, however small the chunks are. */
class GrowingBytes {
  #store = Buffer.alloc(0);
  length = 0;

  push(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.#store.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#store.length * 2, 4096));
      larger.set(this.view());
      this.#store = larger;
    }
    this.#store.set(chunk, this.length);
    this.length = needed;
  }

  view(): Buffer {
    return this.#store.subarray(0, this.length);
  }
}
