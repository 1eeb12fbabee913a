import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { estimate, estimateOf } from "./bootstrap.ts";
import { mannWhitneyP } from "./mann-whitney.ts";
import { median, quantile, quantileOfSorted } from "./quantile.ts";
import { randomFrom, shuffled } from "./random.ts";

const middle = (sorted: ArrayLike<number>) => quantileOfSorted(sorted, 0.5);

test("quantiles are those of NumPy's default", () => {
  // np.quantile([1,2,3,4,10], [0, .25, .5, .9, 1])
  const samples = [10, 3, 1, 4, 2];
  const found = [0, 0.25, 0.5, 0.9, 1].map((q) => quantile(samples, q));
  assert.deepEqual(
    found.map((value) => Number(value.toFixed(9))),
    [1, 2, 3, 7.6, 10],
  );
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]), /no samples/);
});

test("a quantile lies between the least and the greatest sample", () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, fc.double({ noNaN: true, min: 0, max: 1 }), (samples, q) => {
      const found = quantile(samples, q);
      assert.ok(found >= Math.min(...samples) && found <= Math.max(...samples));
    }),
  );
});

/** Box and Muller */
function normal(random: () => number, mean: number, sigma: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return mean + sigma * radius * Math.cos(2 * Math.PI * random());
}

test("a 95 % interval holds the median of a normal distribution in about 95 % of the trials", () => {
  const random = randomFrom(7);
  let held = 0;
  for (let trial = 0; trial < 120; trial += 1) {
    const samples = Array.from({ length: 60 }, () => normal(random, 100, 15));
    const { low, high } = estimate(samples, middle, trial);
    if (low <= 100 && 100 <= high) held += 1;
  }
  assert.ok(held >= 106 && held <= 119, `${held} of 120`);
});

test("the interval of a ratio of medians holds the ratio of two exponential distributions", () => {
  const random = randomFrom(11);
  let held = 0;
  for (let trial = 0; trial < 60; trial += 1) {
    const draw = (mean: number) => Array.from({ length: 60 }, () => -mean * Math.log(1 - random()));
    const { low, high } = estimateOf(
      [draw(3), draw(2)],
      ([a = [], b = []]) => middle(a) / middle(b),
      trial,
    );
    if (low <= 1.5 && 1.5 <= high) held += 1;
  }
  assert.ok(held >= 52, `${held} of 60`);
});

test("an estimate is the same for the same seed", () => {
  const samples = [5, 1, 4, 2, 8, 9, 3];
  assert.deepEqual(estimate(samples, middle, 3), estimate(samples, middle, 3));
});

test("the rank test gives SciPy's p", () => {
  // scipy.stats.mannwhitneyu(a, b, method="asymptotic")
  const a = [19, 22, 16, 29, 24];
  const b = [20, 11, 17, 12];
  assert.ok(Math.abs(mannWhitneyP(a, b) - 0.11134688653314041) < 1e-6);
  const tied = mannWhitneyP([1, 2, 2, 3, 3, 3, 4, 5], [2, 3, 4, 4, 5, 5, 6, 7]);
  assert.ok(tied > 0.04 && tied < 0.11, `${tied}`);
});

test("the rank test calls alike sets different in about one of twenty trials at p < 0.05", () => {
  const random = randomFrom(5);
  let different = 0;
  for (let trial = 0; trial < 1_000; trial += 1) {
    const draw = () => Array.from({ length: 25 }, () => normal(random, 10, 2));
    if (mannWhitneyP(draw(), draw()) < 0.05) different += 1;
  }
  assert.ok(different > 25 && different < 75, `${different} of 1000`);
  assert.equal(mannWhitneyP([], [1]), 1);
  assert.equal(mannWhitneyP([2, 2, 2], [2, 2]), 1);
});

test("a shuffle keeps every element and is the same for the same seed", () => {
  const all = Array.from({ length: 20 }, (_, i) => i);
  const once = shuffled(all, randomFrom(1));
  assert.deepEqual(once, shuffled(all, randomFrom(1)));
  assert.notDeepEqual(once, all);
  assert.deepEqual(
    [...once].sort((a, b) => a - b),
    all,
  );
});
