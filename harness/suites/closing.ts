/** What a fixture must undo, newest first. Every undo runs; then what went wrong is thrown as one error. */

export class Closing implements AsyncDisposable {
  #undos: (() => Promise<unknown>)[] = [];

  /** Disposes `what` with the rest, and gives it back. */
  use<T extends AsyncDisposable>(what: T): T {
    this.defer(async () => what[Symbol.asyncDispose]());
    return what;
  }

  defer(undo: () => Promise<unknown>): void {
    this.#undos.push(undo);
  }

  /** Undone side by side, in the place of one undo: for many alike. */
  useAll(all: readonly AsyncDisposable[]): void {
    this.defer(() => disposeAll(all));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const problems: string[] = [];
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      await undo().catch((error: unknown) => problems.push(textOf(error)));
    }
    if (problems.length > 0) throw new Error(problems.join("; "));
  }
}

async function disposeAll(all: readonly AsyncDisposable[]): Promise<void> {
  const ends = await Promise.allSettled(all.map(async (one) => one[Symbol.asyncDispose]()));
  const problems = ends.flatMap((end) => (end.status === "rejected" ? [textOf(end.reason)] : []));
  if (problems.length > 0) throw new Error(problems.join("; "));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
