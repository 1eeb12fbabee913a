/** Time as callers need it: deadlines, abortable sleep, backoff with jitter, and a clock that tests can replace. */

/** Aborts after `ms` with a TimeoutError, or with the parent's reason when that aborts first. */
export function withDeadline(ms: number, parent?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(ms);
  return parent === undefined ? deadline : AbortSignal.any([parent, deadline]);
}

/** As `withDeadline` for the time of `work`: with its end the timer goes too, and what hangs on it. */
export async function deadlined<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(timedOut()), ms);
  timer.unref();
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** as AbortSignal.timeout gives it */
function timedOut(): DOMException {
  return new DOMException("The operation was aborted due to timeout", "TimeoutError");
}

/** Resolves after `ms`; rejects with the signal's reason when that aborts first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export interface Backoff {
  /** The next wait in ms: between half and all of a value that grows up to `maxMs`. */
  next(): number;
  reset(): void;
}

export function backoff(options: {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor?: number;
}): Backoff {
  const { firstMs, maxMs, factor = 2 } = options;
  let ceilingMs = firstMs;
  return {
    next() {
      const waitMs = ceilingMs;
      ceilingMs = Math.min(maxMs, ceilingMs * factor);
      // Jitter keeps many clients of one restarted server from returning in step.
      return Math.round(waitMs * (0.5 + Math.random() / 2));
    },
    reset() {
      ceilingMs = firstMs;
    },
  };
}

export interface Clock {
  /** ms that never go back, whoever sets the machine's clock; since the epoch, as that clock was at the start */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => performance.timeOrigin + performance.now(), sleep };
