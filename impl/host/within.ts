/** Bounds a call that has no signal of its own; the call goes on unheard when the time is up. */
import { CniError, cniCodes } from "../cni/cni-error.ts";

/** `what` completes "Cannot …": "delete the port on the DPU". Rejects with code 11 when the time is up. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLate = () =>
      reject(new CniError(cniCodes.tryAgainLater, `Cannot ${what}: no answer within ${ms} ms`));
    timer = setTimeout(tooLate, ms);
  });
  // If it loses, nobody listens any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
