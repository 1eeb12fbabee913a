import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "./log.ts";
import { Undo } from "./undo.ts";

function world() {
  const logged: string[] = [];
  return { logged, log: createLog({ component: "test", write: (line) => logged.push(line) }) };
}

test("undo runs its steps newest first when the operation throws, and the first error is seen", async () => {
  const { log, logged } = world();
  const ran: string[] = [];
  const operation = async () => {
    await using undo = new Undo(log);
    undo.add(() => ran.push("oldest"));
    undo.add(() => Promise.reject(new Error("undo broke")));
    undo.add(async () => ran.push("newest"));
    throw new Error("operation broke");
  };
  await assert.rejects(operation(), /operation broke/);
  assert.deepEqual(ran, ["newest", "oldest"]);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /undo broke/);
});

test("undo does nothing after keep()", async () => {
  const ran: string[] = [];
  {
    await using undo = new Undo(world().log);
    undo.add(() => ran.push("step"));
    undo.keep();
  }
  assert.deepEqual(ran, []);
});
