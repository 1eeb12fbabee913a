/** Lets any number of works pass at once, or one alone: while it is closed nobody passes, and it closes behind those inside. */

export class Gate {
  readonly #inside = new Set<Promise<unknown>>();
  #closed: Promise<unknown> = Promise.resolve();
  #isClosed = 0;

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#isClosed > 0) await this.#closed;
    return this.#enter(work());
  }

  /** Alone, after those inside and those who closed it before. */
  close<T>(work: () => Promise<T>): Promise<T> {
    this.#isClosed += 1;
    const result = Promise.allSettled([...this.#inside, this.#closed])
      .then(work)
      .finally(() => {
        this.#isClosed -= 1;
      });
    this.#closed = result.catch(() => {});
    return result;
  }

  async #enter<T>(work: Promise<T>): Promise<T> {
    this.#inside.add(work);
    try {
      return await work;
    } finally {
      this.#inside.delete(work);
    }
  }
}
