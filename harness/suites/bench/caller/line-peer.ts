/** A process that answers one JSON line for each it is sent, found again by its id: the caller, the mover. */
import { z } from "zod";
import type { Place, Process } from "../../../core/backend.ts";
import { within } from "../../../core/deadline.ts";

const startTimeoutMs = 20_000;
const envelope = z.looseObject({ id: z.number() });

export class LinePeer implements AsyncDisposable {
  readonly #process: Process;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #lastId = 0;

  private constructor(process: Process) {
    this.#process = process;
  }

  /** Starts `program` with this Node and waits for its first line, which has the id 0. */
  static async start(
    place: Place,
    options: { readonly name: string; readonly program: string; readonly arguments?: string[] },
  ): Promise<LinePeer> {
    const { name, program, arguments: words = [] } = options;
    const running = place.spawn([process.execPath, program, ...words], { name, interactive: true });
    const peer = new LinePeer(running);
    const ready = new Promise<unknown>((resolve) => peer.#waiting.set(0, resolve));
    void peer.#read();
    const ended = running.exited.then(() => {
      throw new Error(`Cannot start "${name}": it ended; see its log among the node's`);
    });
    try {
      await within(`starting ${name}`, startTimeoutMs, Promise.race([ready, ended]));
    } catch (error) {
      await running.stop();
      throw error;
    }
    return peer;
  }

  async ask(order: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<unknown> {
    if (this.#process.ended !== undefined) throw new Error(`${this.#process.name} ended`);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#process.write(JSON.stringify({ ...order, id }));
    return within(`${this.#process.name}'s answer`, timeoutMs, answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #read(): Promise<void> {
    for await (const line of this.#process.lines()) {
      const { id, ...answer } = envelope.parse(JSON.parse(line));
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    }
  }
}
