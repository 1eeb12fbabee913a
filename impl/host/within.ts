/** Bounds a call that has no signal of its own; the call goes on unheard when the time is up. */
import { sleep } from "../base/time.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";

/** `what` completes "Cannot …": "delete the port on the DPU". Rejects with code 11 when the time is up. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(ms, stop.signal).then(() => {
    throw new CniError(cniCodes.tryAgainLater, `Cannot ${what}: no answer within ${ms} ms`);
  });
  // Whichever loses has nobody listening any more.
  work.catch(() => {});
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
