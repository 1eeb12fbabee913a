/** The daemon's calls that are still being sent, and what they may cost together. */
import type { Log } from "../base/log.ts";
import { SeldomWarnings } from "../base/seldom.ts";
import { type CniCode, cniCodes } from "../cni/cni-error.ts";

export interface RelayLimits {
  /** calls being read; one more takes the place of the oldest */
  readonly reading: number;
  /** bytes of calls being read; the call that exceeds them is refused */
  readonly readingBytes: number;
  /** from connecting to the end of the call, however lively it drips in; default three times the silence */
  readonly readMs: number;
}

export const defaultRelayLimits = { reading: 1024, readingBytes: 64 * 1024 * 1024 };

export interface Sender {
  refuse(code: CniCode, message: string): void;
}

/** All calls that are still being sent, oldest first, and what they cost together. */
export class Reading {
  readonly limits: RelayLimits;
  readonly refusals: SeldomWarnings;
  readonly #senders = new Set<Sender>();
  #bytes = 0;

  constructor(limits: RelayLimits, log: Log) {
    this.limits = limits;
    this.refusals = new SeldomWarnings(log);
  }

  begin(sender: Sender): void {
    this.#senders.add(sender);
    const [oldest] = this.#senders;
    if (this.#senders.size > this.limits.reading && oldest !== undefined) {
      oldest.refuse(
        cniCodes.tryAgainLater,
        `Cannot serve the call: it was the oldest of more than ${this.limits.reading} that nobody finishes sending`,
      );
    }
  }

  /** False when there is no room for these bytes. */
  takes(bytes: number): boolean {
    if (this.#bytes + bytes > this.limits.readingBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  /** `bytes` were held for it until now. */
  end(sender: Sender, bytes: number): void {
    if (this.#senders.delete(sender)) this.#bytes -= bytes;
  }
}
