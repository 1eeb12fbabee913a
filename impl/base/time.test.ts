import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { backoff, sleep, withDeadline } from "./time.ts";

/** AbortSignal.timeout does not keep the process alive; this does, bounded. */
async function aborted(signal: AbortSignal): Promise<unknown> {
  const keepAlive = setTimeout(() => {}, 2000);
  if (!signal.aborted) await once(signal, "abort");
  clearTimeout(keepAlive);
  return signal.reason;
}

test("withDeadline() aborts with a TimeoutError when its time is up", async () => {
  assert.equal(((await aborted(withDeadline(5))) as Error).name, "TimeoutError");
});

test("withDeadline() aborts with the parent's reason when the parent aborts first", () => {
  const parent = new AbortController();
  const signal = withDeadline(60_000, parent.signal);
  parent.abort("stop");
  assert.equal(signal.reason, "stop");
});

test("sleep() rejects at once with the signal's reason, before or during", async () => {
  await assert.rejects(sleep(60_000, AbortSignal.abort(new Error("before"))), /before/);
  const controller = new AbortController();
  const sleeping = sleep(60_000, controller.signal);
  controller.abort(new Error("during"));
  await assert.rejects(sleeping, /during/);
});

test("backoff() grows to its maximum, jittered by at most half, and starts again on reset", () => {
  const waits = backoff({ firstMs: 100, maxMs: 350 });
  for (const ceilingMs of [100, 200, 350, 350]) {
    const waitMs = waits.next();
    assert.ok(waitMs >= ceilingMs / 2 && waitMs <= ceilingMs, `${waitMs} of ${ceilingMs}`);
  }
  waits.reset();
  assert.ok(waits.next() <= 100);
});
