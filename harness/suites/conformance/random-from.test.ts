/** Seeds repeat themselves, and instants leave no part of their span out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantsMs, randomFrom } from "./random-from.ts";

test("a seed gives the same numbers again, and another seed others", () => {
  const three = (seed: number) => {
    const next = randomFrom(seed);
    return [next(), next(), next()];
  };
  assert.deepEqual(three(7), three(7));
  assert.notDeepEqual(three(7), three(8));
});

test("each part of the span has its instant", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, count) => {
      const instants = instantsMs(seed, { fromMs: 100, toMs: 100 + 100 * count, count });
      assert.deepEqual(
        instants.map((ms, i) => ms >= 100 + 100 * i && ms <= 200 + 100 * i),
        new Array(count).fill(true),
      );
    }),
  );
});
