/** Warnings that somebody else can make us repeat: the first at once, then at most one a minute, with a count. */
import type { Log } from "./log.ts";

const periodMs = 60_000;
const remembered = 256;

export class SeldomWarnings {
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, { readonly sinceMs: number; silent: number }>();

  constructor(log: Log, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** `key` is what makes two of them the same. */
  warn(key: string, message: string, fields: Record<string, unknown>): void {
    const seen = this.#seen.get(key);
    if (seen !== undefined && this.#nowMs() - seen.sinceMs < periodMs) {
      seen.silent += 1;
      return;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { sinceMs: this.#nowMs(), silent: 0 });
    const oldest = this.#seen.keys().next().value;
    if (this.#seen.size > remembered && oldest !== undefined) this.#seen.delete(oldest);
    const repeated = seen?.silent ?? 0;
    this.#log.warn(message, { ...fields, ...(repeated > 0 ? { repeated } : {}) });
  }
}
