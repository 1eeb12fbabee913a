/** Undoes the steps of a failed operation, newest first, unless the operation says it succeeded. */
import type { Log } from "./log.ts";

/**
 * With `await using`: add each undo before its step, since a step can half happen; `keep()` at success. A failing
 * undo is logged, never thrown: a throw would replace the error the caller must see, and stop the older undos.
 */
export class Undo implements AsyncDisposable {
  readonly #log: Log;
  #steps: (() => Promise<unknown> | unknown)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(step: () => Promise<unknown> | unknown): void {
    this.#steps.push(step);
  }

  keep(): void {
    this.#steps = [];
  }

  /** Its steps in the hands of another, to be undone later: at success of what is ended by undoing it. */
  take(): Undo {
    const other = new Undo(this.#log);
    other.#steps = this.#steps;
    this.#steps = [];
    return other;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        this.#log.warn("undo failed", { error });
      }
    }
  }
}
