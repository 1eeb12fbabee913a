/** Turns samples into the record's figures: quantiles, ratios and differences with their intervals, or why there are none. */
import type { CheckContext, MeasuredFigure } from "../../core/check.ts";
import { mixSeed } from "../../core/seed.ts";
import { type Estimate, estimate, estimateOf } from "../../figures/bootstrap.ts";
import { quantileOfSorted } from "../../figures/quantile.ts";
import type { MachineWatch } from "./machine-watch.ts";
import { noiseOf } from "./noise.ts";

type Better = NonNullable<MeasuredFigure["better"]>;

/** name of a quantile, the quantile, and the rounds from which on it says something */
const quantiles = [
  ["p50", 0.5, 1],
  ["p90", 0.9, 20],
  ["p99", 0.99, 200],
  ["p99.9", 0.999, 2_000],
] as const;

/** an interval wider than this share of its median says too little */
const widestInterval = 0.25;

export interface Ratio {
  readonly name: string;
  readonly better: Better;
  readonly of: readonly number[];
  readonly against: readonly number[];
  /** why one of the sides may be empty */
  readonly otherwise: string;
}

export class Report {
  readonly #t: CheckContext;
  readonly #noise: string | undefined;

  /** @param watch begun before the first round, looked at now */
  constructor(t: CheckContext, watch: Pick<MachineWatch, "seen">) {
    this.#t = t;
    this.#noise = noiseOf(watch.seen());
    if (this.#noise !== undefined) t.log(this.#noise);
  }

  /** NAME.p50 and those further quantiles that the number of samples reaches. */
  latency(name: string, samples: readonly number[], unit = "ms"): void {
    if (samples.length === 0) return;
    for (const [suffix, q, least] of quantiles) {
      if (samples.length < least) continue;
      const found = estimate(samples, (sorted) => quantileOfSorted(sorted, q), this.#seed(name));
      const isMedian = suffix === "p50";
      this.#figure(`${name}.${suffix}`, found, {
        unit,
        better: "lower",
        n: samples.length,
        ...(isMedian && { samples, isMedian }),
      });
    }
  }

  /** The median alone: rates, CPU. */
  median(
    name: string,
    samples: readonly number[],
    { unit, better }: { readonly unit: string; readonly better: Better },
  ): void {
    if (samples.length === 0) return;
    const found = estimate(samples, middle, this.#seed(name));
    this.#figure(name, found, { unit, better, n: samples.length, samples, isMedian: true });
  }

  /** Median by median. */
  ratio({ name, better, of, against, otherwise }: Ratio): void {
    if (of.length === 0 || against.length === 0) {
      this.#t.noFigure(name, otherwise);
      return;
    }
    const found = estimateOf(
      [of, against],
      ([a = [], b = []]) => middle(a) / middle(b),
      this.#seed(name),
    );
    this.#figure(name, found, {
      unit: "×",
      better,
      n: Math.min(of.length, against.length),
      isMedian: true,
    });
  }

  /** The first median less the second. */
  difference({ name, better, of, against, otherwise }: Ratio, unit: string): void {
    if (of.length === 0 || against.length === 0) {
      this.#t.noFigure(name, otherwise);
      return;
    }
    const found = estimateOf(
      [of, against],
      ([a = [], b = []]) => middle(a) - middle(b),
      this.#seed(name),
    );
    this.#figure(name, found, { unit, better, n: Math.min(of.length, against.length) });
  }

  #figure(
    name: string,
    { value, low, high }: Estimate,
    more: {
      readonly unit: string;
      readonly better: Better;
      readonly n: number;
      readonly samples?: readonly number[];
      readonly isMedian?: boolean;
    },
  ): void {
    const { isMedian = false, ...rest } = more;
    const width = (high - low) / Math.abs(value);
    const wide =
      isMedian && width > widestInterval
        ? `its interval spans ${Math.round(width * 100)} % of it: more rounds (--runs) or a quieter machine`
        : undefined;
    const inconclusive = this.#noise ?? wide;
    this.#t.figure({
      name,
      value,
      low,
      high,
      ...rest,
      ...(inconclusive !== undefined && { inconclusive }),
    });
  }

  #seed(name: string): number {
    return mixSeed(this.#t.seed, name);
  }
}

function middle(sorted: ArrayLike<number>): number {
  return quantileOfSorted(sorted, 0.5);
}
