/** 95 % intervals by the percentile bootstrap (Efron and Tibshirani, chapter 13): no assumption about the distribution. */
import { quantileOfSorted } from "./quantile.ts";
import { randomFrom } from "./random.ts";

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 2_000;
const tail = 0.025;

/** The statistic of the samples, and where it lies in 95 % of the samples' resamplings. */
export function estimate(
  samples: readonly number[],
  statistic: (sorted: ArrayLike<number>) => number,
  seed: number,
): Estimate {
  return estimateOf([samples], ([one = []]) => statistic(one), seed);
}

/** Of several sets of samples, each resampled by itself: a ratio of medians, a difference. */
export function estimateOf(
  sets: readonly (readonly number[])[],
  statistic: (sorted: readonly ArrayLike<number>[]) => number,
  seed: number,
): Estimate {
  const sorted = sets.map((set) => Float64Array.from(set).sort());
  const random = randomFrom(seed);
  const again = sorted.map((set) => new Float64Array(set.length));
  const found = new Float64Array(resamples);
  for (let n = 0; n < resamples; n += 1) {
    for (const [i, set] of sorted.entries()) {
      const into = again[i];
      if (into !== undefined) resampleSorted(set, into, random);
    }
    found[n] = statistic(again);
  }
  found.sort();
  return {
    value: statistic(sorted),
    low: quantileOfSorted(found, tail),
    high: quantileOfSorted(found, 1 - tail),
  };
}

/** Draws with replacement, in rising order without sorting again: how often each was drawn is counted. */
function resampleSorted(from: Float64Array, into: Float64Array, random: () => number): void {
  const times = new Uint32Array(from.length);
  for (let i = 0; i < from.length; i += 1) {
    const drawn = Math.floor(random() * from.length);
    times[drawn] = (times[drawn] ?? 0) + 1;
  }
  let at = 0;
  for (const [i, count] of times.entries()) {
    into.fill(from[i] ?? Number.NaN, at, at + count);
    at += count;
  }
}
