/** One piece of work at a time per key, in the order of asking. */

export class KeyedLock {
  /** the end of each key's queue; a key without work has none */
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` after all earlier work of `key`. When `signal` aborts before its turn, rejects with its reason and
   *  never runs; once started, work is not interrupted by the lock. */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    const tail = result.then(nothing, nothing);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return signal === undefined ? result : untilAborted(before, result, signal);
  }
}

/** `result`, or at once the signal's reason if it aborts while `before` is still running. */
function untilAborted<T>(before: Promise<void>, result: Promise<T>, signal: AbortSignal) {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    void before.then(() => signal.removeEventListener("abort", onAbort));
    result.then(resolve, reject);
  });
}

function nothing(): void {}
