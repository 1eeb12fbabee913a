/** The caller as the bench uses it: a place whose commands are started and timed by a small process inside it. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Place } from "../../../core/backend.ts";
import { LinePeer } from "./line-peer.ts";

const program = fileURLToPath(new URL("./caller.mjs", import.meta.url));
const defaultTimeoutMs = 30_000;
/** beyond the command's own deadline */
const graceMs = 5_000;

const executed = z.object({
  durationMs: z.number(),
  timedOut: z.boolean(),
  stdout: z.string(),
  stderr: z.string(),
  exitCode: z.number().optional(),
  signal: z.string().optional(),
});
const stormTimeoutMs = 120_000;
const stormed = z.object({ durationMs: z.number() });
const account = z.object({ childrenMs: z.number() });

export class Caller implements AsyncDisposable {
  /** as the host's, but for `exec` */
  readonly place: Place;
  readonly #peer: LinePeer;

  private constructor(host: Place, peer: LinePeer) {
    this.#peer = peer;
    this.place = {
      ...host,
      exec: async (argv, { stdin, environment = {}, timeoutMs = defaultTimeoutMs } = {}) => {
        const text = typeof stdin === "string" ? stdin : Buffer.from(stdin ?? "").toString();
        const order = { do: "exec", argv, environment, stdin: text, timeoutMs };
        const answer = executed.parse(await peer.ask(order, timeoutMs + graceMs));
        const { exitCode, signal, ...rest } = answer;
        return {
          argv,
          ...rest,
          ...(exitCode !== undefined && { exitCode }),
          ...(signal !== undefined && { signal }),
        };
      },
    };
  }

  static async start(host: Place): Promise<Caller> {
    return new Caller(host, await LinePeer.start(host, { name: "bench-caller", program }));
  }

  /** CPU of everything it has started that has ended, in ms. */
  async childrenMs(): Promise<number> {
    return account.parse(await this.#peer.ask({ do: "cpu" }, defaultTimeoutMs)).childrenMs;
  }

  /**
   * Lets what `begin` executes start at one moment, once all `count` commands have been asked for, so that asking is in no
   * figure. Gives the time from the first start to the last end.
   */
  async storm(count: number, begin: () => Promise<unknown>): Promise<number> {
    const order = { do: "storm", count };
    const [answer] = await Promise.all([this.#peer.ask(order, stormTimeoutMs), begin()]);
    return stormed.parse(answer).durationMs;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#peer[Symbol.asyncDispose]();
  }
}
