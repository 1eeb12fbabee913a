/** Time that passes only when nobody has anything else to do: waits of seconds cost nothing, and in the right order. */
import type { Clock } from "../../impl/base/time.ts";

interface Wait {
  readonly atMs: number;
  readonly end: () => void;
}

export function virtualClock(): Clock {
  let nowMs = 1_700_000_000_000;
  let waits: Wait[] = [];
  let isTicking = false;

  const tick = () => {
    const [next, ...later] = waits.toSorted((a, b) => a.atMs - b.atMs);
    isTicking = later.length > 0;
    if (next === undefined) return;
    waits = later;
    nowMs = Math.max(nowMs, next.atMs);
    next.end();
    if (isTicking) setImmediate(tick);
  };

  return {
    // No two instants are the same.
    now: () => {
      nowMs += 1;
      return nowMs;
    },
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          waits = waits.filter((one) => one !== wait);
          reject(signal?.reason);
        };
        const wait = {
          atMs: nowMs + ms,
          end() {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        waits.push(wait);
        signal?.addEventListener("abort", onAbort, { once: true });
        if (isTicking) return;
        isTicking = true;
        setImmediate(tick);
      });
    },
  };
}
