/** The health of the DPU: asked of the dataplane twice a second, told to every watcher at once when it changes. */
import { type Clock, systemClock, withDeadline } from "../base/time.ts";
import type { Dataplane, DataplaneHealth } from "./dataplane.ts";

const periodMs = 500;
/** A dataplane that does not answer in this time is not ready. */
const answerMs = 1000;

export class HealthWatch {
  readonly #dataplane: Dataplane;
  readonly #clock: Clock;
  readonly #watchers = new Set<(health: DataplaneHealth) => void>();
  #current: DataplaneHealth = {
    state: "notReady",
    reason: "the agent is starting",
    free: { ipv4: 0, ipv6: 0 },
  };

  constructor(dataplane: Dataplane, clock: Clock = systemClock) {
    this.#dataplane = dataplane;
    this.#clock = clock;
  }

  get current(): DataplaneHealth {
    return this.#current;
  }

  /** `watcher` hears every later change, until the returned function is called. */
  watch(watcher: (health: DataplaneHealth) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Runs until `signal` aborts; `each` is other work of the same rhythm. */
  async run(signal: AbortSignal, each: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await this.refresh(signal);
      await each();
      await this.#clock.sleep(periodMs, signal).catch(() => {});
    }
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    const health = await this.#ask(signal);
    const before = this.#current;
    this.#current = health;
    if (same(before, health)) return;
    for (const watcher of this.#watchers) watcher(health);
  }

  async #ask(signal: AbortSignal | undefined): Promise<DataplaneHealth> {
    const { free } = this.#current;
    const late = aborted(withDeadline(answerMs, signal));
    const reason = `dataplane "${this.#dataplane.name}" does not answer`;
    const silence = late.then((): DataplaneHealth => ({ state: "notReady", reason, free }));
    try {
      return await Promise.race([this.#dataplane.health(), silence]);
    } catch (error) {
      return {
        state: "notReady",
        reason: error instanceof Error ? error.message : `${error}`,
        free,
      };
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Free addresses change with every port and are no news. */
function same(a: DataplaneHealth, b: DataplaneHealth): boolean {
  return a.state === b.state && ("reason" in a ? a.reason : "") === ("reason" in b ? b.reason : "");
}
