import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { createLog } from "../base/log.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { openFileStore } from "../store/file-store.ts";
import { memoryStore } from "../store/memory-store.ts";
import { StoreError } from "../store/store.ts";
import { Generations, parseReserved } from "./generations.ts";
import { TestWorld } from "./test-world.ts";

const hourMs = 3_600_000;

function openAt(nowMs: number, store = memoryStore(parseReserved), lines: string[] = []) {
  const clock = { now: () => nowMs, sleep: async () => {} };
  const log = createLog({ component: "host", write: (line) => void lines.push(line) });
  return Generations.open(store, { clock, log });
}

test("generations grow over any restarts, wherever the clock is at each", async () => {
  const start = fc.record({ nowMs: fc.nat(5000), count: fc.nat(2500) });
  const property = fc.asyncProperty(fc.array(start, { maxLength: 5 }), async (starts) => {
    const store = memoryStore(parseReserved);
    let last = 0;
    for (const { nowMs, count } of starts) {
      const generations = await openAt(nowMs, store);
      for (let i = 0; i < count; i += 1) {
        const next = generations.next();
        assert.ok(next > last, `${next} after ${last}`);
        last = next;
        // A crash between the number and its use loses nothing: only what is reserved is given.
        if (i % 400 === 0) await undefined;
      }
    }
  });
  await fc.assert(property, { numRuns: 50 });
});

test("the disk is asked once in many generations, and never waited for", async (t) => {
  const store = memoryStore(parseReserved);
  const put = t.mock.method(store, "put");
  const generations = await openAt(7, store);
  for (let i = 0; i < 10_000; i += 1) {
    generations.next();
    await undefined;
  }
  assert.ok(put.mock.callCount() <= 21, String(put.mock.callCount()));
});

test("a disk that is full is said once, and numbers go on", async (t) => {
  const store = memoryStore(parseReserved);
  t.mock.method(store, "put", () => Promise.reject(new StoreError("ENOSPC", "full")));
  const lines: string[] = [];
  const generations = await openAt(7, store, lines);
  assert.deepEqual([generations.next(), generations.next()], [8, 9]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(lines.filter((line) => line.includes("cannot be reserved")).length, 1);
});

test("outgrow() is for what is larger, and not for what nobody can have given", async () => {
  const generations = await openAt(7);
  generations.outgrow(3);
  assert.equal(generations.next(), 8);
  generations.outgrow(5000);
  assert.equal(generations.next(), 5001);
  generations.outgrow(Number.MAX_SAFE_INTEGER);
  assert.equal(generations.next(), 5002);
});

test("a damaged count is reported, replaced and gone", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "generations-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const store = await openFileStore(folder, parseReserved);
  await openAt(7, store);
  for (const text of ["", "\0\0\0", '{"format":1,"key":"reserved","record":{"upTo":-1}}', "[]"]) {
    await writeFile(join(folder, "reserved.json"), text);
    const lines: string[] = [];
    assert.equal((await openAt(9000, store, lines)).next(), 9001);
    assert.match(lines.join(), /is damaged/);
    assert.deepEqual(await readdir(folder), ["reserved.json"]);
    // It was written anew: the next start needs no clock.
    assert.ok((await openAt(3, store)).next() > 9001);
  }
});

test("close() waits for what is being written, and nothing is written after it", async (t) => {
  const store = memoryStore(parseReserved);
  const generations = await openAt(7, store);
  let written = 0;
  const put = t.mock.method(store, "put", async () => {
    await new Promise((resolve) => setImmediate(resolve));
    written += 1;
  });
  generations.outgrow(5000);
  await generations.close();
  assert.equal(written, 1);
  generations.outgrow(50_000);
  assert.equal(generations.next(), 50_001);
  assert.equal(put.mock.callCount(), 1);
});

async function deletedOnce(t: TestContext) {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  assert.equal((await world.add(netns)).exitCode, 0);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  // A machine whose battery is empty begins in 1970, or an operator sets the clock right.
  t.mock.method(performance, "now", () => -hourMs);
  return { world, netns };
}

test("an attachment is added again by a daemon that started with its clock set back", async (t) => {
  const { world, netns } = await deletedOnce(t);
  await world.start();
  const { exitCode, stderr } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
});

test("a daemon that lost its state, too, learns from the DPU what it gave", async (t) => {
  const { world, netns } = await deletedOnce(t);
  await world.reserved.delete("reserved");
  await world.start();
  await world.pass();
  const { exitCode, stderr } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
});
