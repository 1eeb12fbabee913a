import assert from "node:assert/strict";
import { test } from "node:test";
import { interleave, samplesOf } from "./rounds.ts";

const contenders = ["a", "b", "c"].map((name) => ({ name }));
const signal = new AbortController().signal;

test("each round asks every contender once, and rounds differ in their order", async () => {
  const asked: string[] = [];
  await interleave(contenders, { rounds: 20, warmUp: 2, seed: 1, signal }, async ({ name }) => {
    asked.push(name);
    return {};
  });
  const rounds = Array.from({ length: 22 }, (_, i) => asked.slice(i * 3, i * 3 + 3));
  assert.equal(asked.length, 66);
  for (const round of rounds) assert.deepEqual([...round].sort(), ["a", "b", "c"]);
  assert.ok(new Set(rounds.map(String)).size >= 4);
});

test("the same seed asks in the same order", async () => {
  const order = async (seed: number) => {
    const asked: string[] = [];
    await interleave(contenders, { rounds: 9, warmUp: 0, seed, signal }, async ({ name }) => {
      asked.push(name);
      return {};
    });
    return asked;
  };
  assert.deepEqual(await order(5), await order(5));
  assert.notDeepEqual(await order(5), await order(6));
});

test("warm-up rounds leave no samples, and the others come in order", async () => {
  let before = 0;
  const samples = await interleave(
    contenders,
    { rounds: 3, warmUp: 4, seed: 1, signal, beforeRound: () => (before += 1) },
    async (_, round) => ({ round }),
  );
  assert.deepEqual(samplesOf(samples, "b", "round"), [0, 1, 2]);
  assert.deepEqual(samplesOf(samples, "nobody", "round"), []);
  assert.equal(before, 3);
});

test("an abort ends the rounds", async () => {
  const stop = new AbortController();
  const work = interleave(
    contenders,
    { rounds: 100, warmUp: 0, seed: 1, signal: stop.signal },
    async () => {
      stop.abort(new Error("enough"));
      return {};
    },
  );
  await assert.rejects(work, /enough/);
});
