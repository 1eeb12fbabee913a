/** Pods that stay attached while something else is measured: made and taken away many at a time. */
import { Closing } from "../closing.ts";
import type { Contender, Seat } from "./contender.ts";

/** how many are on their way at once */
const width = 8;

export class Crowd implements AsyncDisposable {
  readonly #contender: Contender;
  readonly #name: () => string;
  readonly #seats: Seat[] = [];

  constructor(contender: Contender, podName: () => string) {
    this.#contender = contender;
    this.#name = podName;
  }

  get size(): number {
    return this.#seats.length;
  }

  /** Attaches pods until there are so many. */
  async growTo(count: number, signal: AbortSignal): Promise<void> {
    let missing = count - this.#seats.length;
    await side(width, async () => {
      while (missing > 0 && !signal.aborted) {
        missing -= 1;
        const pod = await this.#contender.node.createPod(this.#name());
        const seat = { pod, containerId: pod.containerId };
        this.#seats.push(seat);
        await this.#contender.call("ADD", seat);
      }
    });
    signal.throwIfAborted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = new Closing();
    await side(width, async () => {
      for (let seat = this.#seats.pop(); seat; seat = this.#seats.pop()) {
        const { pod } = seat;
        closing.use(pod);
        // What did not go by its DEL is found by the check for leaks.
        await this.#contender.call("DEL", seat).catch(() => {});
      }
    });
    await closing[Symbol.asyncDispose]();
  }
}

async function side(count: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}
