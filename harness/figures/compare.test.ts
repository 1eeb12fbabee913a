import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Figure } from "../core/record.ts";
import { compareFigures } from "./compare.ts";

const around = (middle: number) => Array.from({ length: 30 }, (_, i) => middle + (i - 14.5) / 10);

function figure(value: number, more: Partial<Figure> = {}): Figure {
  return {
    name: "add.p50",
    unit: "ms",
    world: "netns (emulated)",
    better: "lower",
    ...{ value, low: value - 0.3, high: value + 0.3, n: 30, samples: around(value) },
    ...more,
  };
}

const verdict = (before: Figure, after: Figure, threshold = 0.05) =>
  compareFigures([before], [after], threshold)[0]?.verdict;

test("a figure that got worse beyond all three bounds is a regression, the other way an improvement", () => {
  assert.equal(verdict(figure(10), figure(12)), "regression");
  assert.equal(verdict(figure(12), figure(10)), "improvement");
  const rate = { better: "higher" } as const;
  assert.equal(verdict(figure(10, rate), figure(12, rate)), "improvement");
  assert.equal(verdict(figure(12, rate), figure(10, rate)), "regression");
});

test("each of the three bounds alone keeps a difference from being a regression", () => {
  assert.equal(verdict(figure(10), figure(12), 0.5), "alike", "threshold");
  assert.equal(verdict(figure(10), figure(12, { low: 9 })), "alike", "interval");
  const scattered = [...around(10), ...around(12)];
  const alike = { samples: scattered };
  assert.equal(verdict(figure(10, alike), figure(12, alike)), "alike", "rank test");
});

test("without samples interval and threshold decide", () => {
  const { samples: _, ...before } = figure(10);
  assert.equal(verdict(before, figure(12)), "regression");
});

test("what is not conclusive, of another world or another unit cannot be compared", () => {
  const doubtful = [{ inconclusive: "noise" }, { world: "octeon" }, { unit: "s" }];
  for (const doubt of doubtful) assert.equal(verdict(figure(10), figure(20, doubt)), "unknown");
  const { better: _, ...neither } = figure(20);
  assert.equal(verdict(figure(10), neither), "unknown");
});

test("a figure of one record only is missing, with the record that lacks it", () => {
  const [gone] = compareFigures([figure(1)], [], 0.05);
  assert.equal(gone?.verdict, "missing");
  assert.match(gone.reason ?? "", /second/);
  const [come] = compareFigures([], [figure(1)], 0.05);
  assert.match(come?.reason ?? "", /first/);
});

test("a record beside itself has no difference", () => {
  const value = fc.double({ noNaN: true, min: 0.001, max: 1e9 });
  fc.assert(
    fc.property(value, (middle) => {
      assert.equal(verdict(figure(middle), figure(middle)), "alike");
    }),
  );
});
