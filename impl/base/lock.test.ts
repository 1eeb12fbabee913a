import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyedLock } from "./lock.ts";

test("work of one key never overlaps and runs in the order of asking, whatever fails", async () => {
  const jobs = fc.array(fc.record({ key: fc.constantFrom("a", "b"), fails: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(jobs, fc.scheduler(), async (asked, scheduler) => {
      const lock = new KeyedLock();
      const running = new Set<string>();
      const order: Record<string, number[]> = { a: [], b: [] };
      const runs = asked.map(({ key, fails }, i) =>
        lock.run(key, async () => {
          assert.ok(!running.has(key));
          running.add(key);
          order[key]?.push(i);
          await scheduler.schedule(Promise.resolve());
          running.delete(key);
          if (fails) throw new Error("job");
          return i;
        }),
      );
      const settled = Promise.allSettled(runs);
      await scheduler.waitFor(settled);
      for (const [i, result] of (await settled).entries()) {
        assert.equal(result.status, asked[i]?.fails ? "rejected" : "fulfilled");
      }
      for (const ran of Object.values(order))
        assert.deepEqual(
          ran,
          [...ran].sort((x, y) => x - y),
        );
    }),
    { numRuns: 50 },
  );
});

test("a waiter that aborts is told at once, never runs, and does not let its successor in early", async () => {
  const lock = new KeyedLock();
  const ran: string[] = [];
  let release = () => {};
  const first = lock.run("k", () => new Promise<void>((resolve) => (release = resolve)));
  const controller = new AbortController();
  const second = lock.run("k", async () => void ran.push("second"), controller.signal);
  const third = lock.run("k", async () => void ran.push("third"));
  controller.abort(new Error("gave up"));
  await assert.rejects(second, /gave up/);
  assert.deepEqual(ran, []);
  release();
  await Promise.all([first, third]);
  assert.deepEqual(ran, ["third"]);
});

test("keys do not wait for each other", async () => {
  const lock = new KeyedLock();
  let release = () => {};
  const held = lock.run("a", () => new Promise<void>((resolve) => (release = resolve)));
  assert.equal(await lock.run("b", async () => 7), 7);
  release();
  await held;
});
