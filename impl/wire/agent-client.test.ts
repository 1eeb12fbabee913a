import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultHealthMaxAgeMs, defaultTimeoutsMs, reconnectMs } from "./agent-client.ts";

const limitMs = 3_000;

test("what the daemon is set to notices a DPU's silence, and its return, in less than 3 s", () => {
  // A stream that is silent ends at once when its time is up.
  assert.ok(defaultHealthMaxAgeMs < limitMs);
  // At worst the DPU comes back when a try has just got stuck: that one ends, a pause, and the next succeeds.
  assert.ok(defaultTimeoutsMs.connect + reconnectMs.maxMs < limitMs);
});
