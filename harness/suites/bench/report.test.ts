import assert from "node:assert/strict";
import { test } from "node:test";
import { makeContext } from "../../core/check-context.ts";
import { Report } from "./report.ts";

const quiet = { stealShare: 0, foreignShare: 0, calibrationMs: [] };
const rising = (n: number) => Array.from({ length: n }, (_, i) => 100 + (i % 10));

function reported(write: (report: Report) => void, seen = quiet) {
  const notes = makeContext({ signal: new AbortController().signal, seed: 1 });
  write(new Report(notes.context, { seen: () => seen }));
  return notes;
}

test("a quantile is given only where n reaches it", () => {
  const names = (n: number) =>
    reported((report) => report.latency("add.x", rising(n))).figures.map(({ name }) => name);
  assert.deepEqual(names(0), []);
  assert.deepEqual(names(19), ["add.x.p50"]);
  assert.deepEqual(names(20), ["add.x.p50", "add.x.p90"]);
  assert.deepEqual(names(200), ["add.x.p50", "add.x.p90", "add.x.p99"]);
  assert.equal(names(2_000).at(-1), "add.x.p99.9");
});

test("a figure has its interval, its n and, for the median, its samples", () => {
  const [p50, p90] = reported((report) => report.latency("add.x", rising(50))).figures;
  assert.equal(p50?.value, 104.5);
  assert.ok(p50.low !== undefined && p50.low <= 104.5 && (p50.high ?? 0) >= 104.5);
  assert.equal(p50.n, 50);
  assert.equal(p50.samples?.length, 50);
  assert.equal(p50.inconclusive, undefined);
  assert.equal(p90?.samples, undefined);
});

test("a ratio without one of its sides is absent with the reason", () => {
  const { figures, absent } = reported((report) =>
    report.ratio({
      name: "ratio.x",
      better: "lower",
      of: [1],
      against: [],
      otherwise: "no bridge",
    }),
  );
  assert.deepEqual(figures, []);
  assert.deepEqual(absent, [{ name: "ratio.x", reason: "no bridge" }]);
});

test("a ratio is that of the medians", () => {
  const { figures } = reported((report) =>
    report.ratio({
      ...{ name: "ratio.x", better: "lower", otherwise: "" },
      of: rising(40).map((ms) => ms * 3),
      against: rising(40),
    }),
  );
  assert.equal(figures[0]?.value, 3);
});

test("a wide interval and a noisy machine make a figure not conclusive", () => {
  const wild = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 1 : 100));
  const [wide] = reported((report) => report.latency("x", wild)).figures;
  assert.match(wide?.inconclusive ?? "", /its interval spans/);
  const noisy = { ...quiet, stealShare: 0.5 };
  const [figure] = reported((report) => report.latency("x", rising(30)), noisy).figures;
  assert.match(figure?.inconclusive ?? "", /hypervisor/);
});
