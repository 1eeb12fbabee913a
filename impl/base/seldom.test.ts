import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "./log.ts";
import { SeldomWarnings } from "./seldom.ts";

function seldom() {
  const lines: Record<string, unknown>[] = [];
  const clock = { nowMs: 0 };
  const log = createLog({ component: "t", write: (line) => lines.push(JSON.parse(line)) });
  return { clock, lines, warnings: new SeldomWarnings(log, () => clock.nowMs) };
}

test("a warning is logged at once, then once a minute with how often it was not", () => {
  const { clock, lines, warnings } = seldom();
  for (const nowMs of [0, 1, 59_999, 60_000, 60_001, 200_000]) {
    clock.nowMs = nowMs;
    warnings.warn("k", "refused", { peer: "p" });
  }
  assert.deepEqual(
    lines.map(({ message, peer, repeated }) => [message, peer, repeated]),
    [
      ["refused", "p", undefined],
      ["refused", "p", 2],
      ["refused", "p", 1],
    ],
  );
});

test("warnings of different keys do not silence each other, and old keys are forgotten", () => {
  const { lines, warnings } = seldom();
  for (let n = 0; n < 300; n += 1) warnings.warn(`k${n}`, "refused", {});
  warnings.warn("k299", "refused", {});
  assert.equal(lines.length, 300);
  warnings.warn("k0", "refused", {});
  assert.equal(lines.length, 301);
});
