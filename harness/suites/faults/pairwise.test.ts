import assert from "node:assert/strict";
import { test } from "node:test";
import { grid } from "./grid.ts";
import { pairsOf, pairwise } from "./pairwise.ts";

test("the grid has 720 cases, each of its own name", () => {
  assert.equal(grid.length, 720);
  assert.equal(new Set(grid.map(({ id }) => id)).size, 720);
});

test("every two choices meet in the sample, which is near the smallest there can be", () => {
  const wanted = new Set(grid.flatMap(pairsOf));
  for (const seed of [0, 1, 2, 123_456]) {
    const sample = pairwise(grid, seed);
    assert.deepEqual(new Set(sample.flatMap(pairsOf)), wanted);
    // 20 × 6 pairs of boundary and fault need as many cases.
    assert.ok(sample.length <= 150, `${sample.length} cases for seed ${seed}`);
  }
});

test("the same seed gives the same sample, another one another", () => {
  const ids = (seed: number) => pairwise(grid, seed).map(({ id }) => id);
  assert.deepEqual(ids(7), ids(7));
  assert.notDeepEqual(ids(7), ids(8));
});
