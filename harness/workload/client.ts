/** A pod's workload as a check uses it: one process in the pod's namespace, asked over its stdin and stdout. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { sleep } from "../../impl/base/time.ts";
import type { Place, Process } from "../core/backend.ts";

export interface Target {
  /** an address without prefix */
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** default 3,000 */
  readonly timeoutMs?: number;
}

export type Exchange =
  | { readonly ok: true; readonly connectMs: number; readonly durationMs: number }
  /** "connect", "transfer", "send", "answer"; "process" when the workload itself died */
  | { readonly ok: false; readonly phase: string; readonly reason: string };

const program = fileURLToPath(new URL("./workload.mjs", import.meta.url));
const startTimeoutMs = 10_000;
const defaultTimeoutMs = 3_000;

const message = z.union([
  z.object({ ready: z.object({ tcp: z.number(), udp: z.number() }) }),
  z.object({ id: z.number(), ok: z.literal(true), connectMs: z.number(), durationMs: z.number() }),
  z.object({ id: z.number(), ok: z.literal(false), phase: z.string(), reason: z.string() }),
]);

export class Workload implements AsyncDisposable {
  readonly name: string;
  readonly #process: Process;
  readonly #waiting = new Map<number, (exchange: Exchange) => void>();
  #ports = { tcp: 0, udp: 0 };
  #lastId = 0;
  /** nothing it says is heard any more */
  #isDeaf = false;

  private constructor(process: Process) {
    this.#process = process;
    this.name = process.name;
  }

  /** Starts one and waits until it listens: on all addresses, or on these, at most one of each family. */
  static async start(
    place: Place,
    name: string,
    addresses: readonly string[] = [],
  ): Promise<Workload> {
    const argv = [process.execPath, program, ...addresses];
    const process_ = place.spawn(argv, { name, interactive: true });
    const workload = new Workload(process_);
    const late = new AbortController();
    try {
      await Promise.race([
        workload.#listen(),
        process_.exited.then(() => Promise.reject(new Error(`Cannot start "${name}": it ended`))),
        sleep(startTimeoutMs, late.signal).then(() =>
          Promise.reject(
            new Error(`Cannot start "${name}": not listening after ${startTimeoutMs} ms`),
          ),
        ),
      ]);
    } catch (error) {
      await process_.stop();
      throw error;
    } finally {
      late.abort();
    }
    return workload;
  }

  get ports(): { readonly tcp: number; readonly udp: number } {
    return this.#ports;
  }

  /** `bytes` to the target's workload and as many others back, over one connection; both ends check every byte. */
  tcp(target: Target & { readonly bytes: number }): Promise<Exchange> {
    return this.#ask("tcp", target);
  }

  /** One datagram of `size` bytes there and back; it is sent once. */
  udp(target: Target & { readonly size: number }): Promise<Exchange> {
    return this.#ask("udp", target);
  }

  /** One ICMP echo; it is sent once. */
  icmp(target: Omit<Target, "port">): Promise<Exchange> {
    return this.#ask("icmp", target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  #ask(order: "tcp" | "udp" | "icmp", target: Omit<Target, "port">): Promise<Exchange> {
    if (this.#isDeaf || this.#process.ended !== undefined) return Promise.resolve(died(this.name));
    const id = ++this.#lastId;
    const answer = new Promise<Exchange>((resolve) => this.#waiting.set(id, resolve));
    this.#process.write(JSON.stringify({ timeoutMs: defaultTimeoutMs, ...target, id, do: order }));
    return answer;
  }

  /** Resolves at the ready line and goes on reading. */
  #listen(): Promise<void> {
    return new Promise((resolve) => {
      const read = async () => {
        for await (const line of this.#process.lines()) this.#take(line, resolve);
        this.#isDeaf = true;
        for (const give of this.#waiting.values()) give(died(this.name));
        this.#waiting.clear();
      };
      void read();
    });
  }

  #take(line: string, onReady: () => void): void {
    const said = message.parse(JSON.parse(line));
    if ("ready" in said) {
      this.#ports = said.ready;
      onReady();
      return;
    }
    const { id, ...exchange } = said;
    this.#waiting.get(id)?.(exchange);
    this.#waiting.delete(id);
  }
}

function died(name: string): Exchange {
  return { ok: false, phase: "process", reason: `the workload "${name}" ended` };
}
