/**
 * The numbers of ADDs and deletes: each larger than all that this node gave before, whatever its clock does. They are
 * written down in blocks, ahead of their use, so that no ADD waits for the disk because of them.
 */
import { z } from "zod";
import type { Log } from "../base/log.ts";
import { SeldomWarnings } from "../base/seldom.ts";
import { parseShape } from "../base/shape.ts";
import type { Clock } from "../base/time.ts";
import type { Store } from "../store/store.ts";

export interface Reserved {
  /** none above it was given */
  readonly upTo: number;
}

const recordKey = "reserved";
const block = 1000;
/** What is larger is nobody's count: the marks of VFs have room for 15 digits. */
const largest = 1e14;

export class Generations {
  readonly #store: Store<Reserved>;
  readonly #warnings: SeldomWarnings;
  #last: number;
  #reserved = 0;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  private constructor(store: Store<Reserved>, log: Log, last: number) {
    this.#store = store;
    this.#warnings = new SeldomWarnings(log);
    this.#last = last;
  }

  /** With nothing on disk the clock is the first guess; what records and the DPU remember comes by `outgrow`. */
  static async open(
    store: Store<Reserved>,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ): Promise<Generations> {
    const { records, damaged } = await store.load();
    for (const { path, reason } of damaged) {
      log.warn("the record of given generations is damaged; counting on from what else is known", {
        path,
        reason,
      });
    }
    const first = records.get(recordKey)?.upTo ?? Math.floor(clock.now());
    const generations = new Generations(store, log, Math.min(first, largest));
    await generations.#reserve();
    if (damaged.length > 0) await store.forgetDamaged(recordKey).catch(() => {});
    return generations;
  }

  next(): number {
    this.#last += 1;
    this.#reserveInTime();
    return this.#last;
  }

  /** Somebody remembers this one of ours: an attachment record, or the DPU. */
  outgrow(known: number): void {
    if (known <= this.#last) return;
    if (known > largest) {
      this.#warnings.warn("largest", "a generation that nobody can have given is not believed", {
        generation: known,
      });
      return;
    }
    this.#last = known;
    this.#reserveInTime();
  }

  /** Nothing is written any more when it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  #reserveInTime(): void {
    const isEnough = this.#reserved - this.#last >= block / 2;
    if (isEnough || this.#writing !== undefined || this.#isClosed) return;
    this.#writing = this.#reserve().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Never rejects: on a disk that takes nothing no ADD succeeds, and DELs must. */
  async #reserve(): Promise<void> {
    const upTo = this.#last + block;
    try {
      await this.#store.put(recordKey, { upTo });
      this.#reserved = upTo;
    } catch (error) {
      this.#warnings.warn("reserve", "generations cannot be reserved; trying again", { error });
    }
  }
}

const shape = z.object({ upTo: z.int().nonnegative().max(largest) });

/** Throws an Error whose message says what is wrong. */
export function parseReserved(value: unknown): Reserved {
  const parsed = parseShape<Reserved>(shape, value);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
