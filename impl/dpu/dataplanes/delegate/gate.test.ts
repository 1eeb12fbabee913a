/** Who may be inside at the same time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate } from "./gate.ts";

test("work passes at once, except while the gate is closed, which waits for those inside", async () => {
  const gate = new Gate();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} in`);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    log.push(`${name} out`);
    if (name === "b") throw new Error("b failed");
  };
  const failed = assert.rejects(gate.pass(work("b")), /b failed/);
  const before = gate.pass(work("a"));
  const alone = [gate.close(work("X")), gate.close(work("Y"))];
  const after = gate.pass(work("c"));
  await Promise.all([before, failed, ...alone, after]);
  assert.deepEqual(log.slice(0, 4).sort(), ["a in", "a out", "b in", "b out"]);
  assert.deepEqual(log.slice(0, 2).sort(), ["a in", "b in"], "the first two are inside together");
  assert.deepEqual(log.slice(4), ["X in", "X out", "Y in", "Y out", "c in", "c out"]);
});

test("a closing that fails opens the gate again", async () => {
  const gate = new Gate();
  await assert.rejects(
    gate.close(() => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await gate.pass(async () => 7), 7);
});
