import assert from "node:assert/strict";
import { test } from "node:test";
import { MachineWatch } from "./machine-watch.ts";
import { calibrationOf, noiseOf } from "./noise.ts";

const even = Array.from({ length: 30 }, (_, i) => 2 + (i % 3) / 100);
const quiet = { stealShare: 0, foreignShare: 0.01, calibrationMs: even };

test("a quiet machine is no reason for doubt", () => {
  assert.equal(noiseOf(quiet), undefined);
});

test("each disturbance alone is named", () => {
  assert.match(noiseOf({ ...quiet, stealShare: 0.02 }) ?? "", /hypervisor took 2\.0 %/);
  assert.match(noiseOf({ ...quiet, foreignShare: 0.2 }) ?? "", /other processes used 20\.0 %/);
  const slower = even.map((ms, i) => ms * (1 + i / 200));
  assert.match(noiseOf({ ...quiet, calibrationMs: slower }) ?? "", /longer at the end/);
  const jumpy = even.map((ms, i) => (i % 4 === 0 ? ms * 1.5 : ms));
  assert.match(noiseOf({ ...quiet, calibrationMs: jumpy }) ?? "", /one of ten/);
});

test("a few calibrations say nothing of drift", () => {
  assert.deepEqual(calibrationOf([1, 5, 9]), { drift: 0, spread: 0 });
});

test("a watch sees shares of the machine's time, and its own work is not foreign", () => {
  const watch = new MachineWatch();
  for (let i = 0; i < 10; i += 1) watch.calibrate();
  const { stealShare, foreignShare, calibrationMs } = watch.seen();
  for (const share of [stealShare, foreignShare]) assert.ok(share >= 0 && share <= 1, `${share}`);
  assert.equal(calibrationMs.length, 10);
});
