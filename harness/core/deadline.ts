/** A bound on work that may ignore its abort signal: after `timeoutMs` the caller goes on without it. */

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** `what` reads like "closing the suite". The work itself is not stopped; a late failure of it is swallowed. */
export async function within<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeadlineError(`${what} took longer than ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
  });
  work.catch(() => {}); // it may lose the race and fail later
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
