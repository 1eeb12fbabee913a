/** Logs who was turned away and why: the first time at once, then at most once a minute per peer, with a count. */
import type { Log } from "../base/log.ts";

export interface Refusal {
  /** address of the peer, without a port: it is another one each time */
  readonly peer: string;
  /** one line: what is wrong */
  readonly reason: string;
  readonly presented: string;
  readonly expected: string;
  /** for the operator */
  readonly remedy: string;
}

const periodMs = 60_000;
const remembered = 256;

export class Refusals {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #seen = new Map<string, { sinceMs: number; silent: number }>();

  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  note(refusal: Refusal): void {
    const key = `${refusal.peer} ${refusal.reason}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined && this.#now() - seen.sinceMs < periodMs) {
      seen.silent += 1;
      return;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { sinceMs: this.#now(), silent: 0 });
    const oldest = this.#seen.keys().next().value;
    if (this.#seen.size > remembered && oldest !== undefined) this.#seen.delete(oldest);
    const repeated = seen?.silent ?? 0;
    this.#log.warn("peer refused", { ...refusal, ...(repeated > 0 ? { repeated } : {}) });
  }
}
