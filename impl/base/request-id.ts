/** A short name for one call of a runtime, on every log line it causes on this side and beyond the wire. */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

const current = new AsyncLocalStorage<string>();

/** Runs `work` as one request with an id of its own. */
export function asRequest<T>(work: (id: string) => T): T {
  const id = randomBytes(4).toString("hex");
  return current.run(id, () => work(id));
}

/** Undefined outside of every request: the daemon does it by itself. */
export function requestId(): string | undefined {
  return current.getStore();
}

/** What comes from the other side of a wire goes into logs only in this form. */
export function isRequestId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{8}$/.test(text);
}
