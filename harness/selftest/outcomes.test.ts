/** How checks end, and what the record and the verdict make of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckContext } from "../core/check.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import { inlineSuite } from "./inline-suite.ts";
import { runInline } from "./run-inline.ts";

test("each outcome a check can say is recorded with its reason", async () => {
  const suite = inlineSuite({
    checks: {
      passes: () => {},
      fails: (t) => t.fail("it is broken"),
      finds: (t) => t.finding("unusual"),
      skips: (t) => t.skip("no such kernel"),
      blocks: (t) => t.blocked("ADD did not work"),
      notMine: (t) => t.notApplicable("version 0.1.0 only"),
      throws: () => {
        throw new TypeError("x is not a function");
      },
    },
  });
  const ran = await runInline([suite]);
  assert.equal(ran.outcome("passes"), "passed");
  assert.equal(ran.outcome("fails"), "failed: it is broken");
  assert.equal(ran.outcome("finds"), "finding: unusual");
  assert.equal(ran.outcome("skips"), "skipped: no such kernel");
  assert.equal(ran.outcome("blocks"), "blocked: ADD did not work");
  assert.equal(ran.outcome("notMine"), "notApplicable: version 0.1.0 only");
  assert.equal(ran.outcome("throws"), "failed: TypeError: x is not a function");
  assert.match(ran.check("throws").log.join("\n"), /outcomes\.test\.ts/);
  assert.equal(ran.record.verdict, "failed");
  const { durationMs: _, ...counts } = ran.record.summary;
  assert.deepEqual(counts, {
    passed: 2, // and leaks
    failed: 2,
    finding: 1,
    skipped: 1,
    blocked: 1,
    notApplicable: 1,
  });
});

test("must() and equal() fail with both values, and pass when they hold", async () => {
  const suite = inlineSuite({
    checks: {
      must: (t) => t.must(1 > 2, "1 is above 2"),
      equal: (t) => t.equal({ a: [1] }, { a: [2] }, "the result has two"),
      holds: (t: CheckContext) => {
        t.must(true, "never seen");
        t.equal({ a: [1] }, { a: [1] }, "never seen");
      },
    },
  });
  const ran = await runInline([suite]);
  assert.equal(ran.outcome("must"), "failed: 1 is above 2");
  assert.equal(ran.check("equal").expected, "{ a: [ 2 ] }");
  assert.equal(ran.check("equal").actual, "{ a: [ 1 ] }");
  assert.equal(ran.outcome("holds"), "passed");
});

test("a run passes with passes, findings and skips, not with a blocked check", async () => {
  const fine = { passes: () => {}, skips: (t: { skip(why: string): never }) => t.skip("no") };
  assert.equal((await runInline([inlineSuite({ checks: fine })])).record.verdict, "passed");
  const blocked = inlineSuite({ checks: { ...fine, blocks: (t) => t.blocked("no ADD") } });
  assert.equal((await runInline([blocked])).record.verdict, "failed");
});

test("a run in which every check was skipped proves nothing and could not run", async () => {
  const { record } = await runInline([inlineSuite({ checks: { a: (t) => t.skip("no card") } })]);
  assert.equal(record.verdict, "couldNotRun");
  assert.equal(record.reason, "every check was skipped: no card");
});

test("a check that ignores its timeout is left behind and failed", async () => {
  const started = performance.now();
  const suite = inlineSuite({
    checkTimeoutMs: 50,
    checks: { deaf: () => new Promise(() => {}), next: () => {} },
  });
  const ran = await runInline([suite]);
  assert.equal(ran.outcome("deaf"), "failed: timed out after 0.05 s");
  assert.match(ran.check("deaf").log.join(), /left behind/);
  assert.equal(ran.outcome("next"), "passed");
  assert.ok(performance.now() - started < 8_000);
});

test("a check that heeds its signal times out at once, and --timeout replaces its own time", async () => {
  const suite = inlineSuite({
    checkTimeoutMs: 60_000,
    checks: { slow: (t) => sleep(60_000, undefined, { signal: t.signal }).then(() => {}) },
  });
  const ran = await runInline([suite], { timeoutMs: 30 });
  assert.equal(ran.outcome("slow"), "failed: timed out after 0.03 s");
  assert.ok(ran.check("slow").durationMs < 1_500);
});

test("a retried check that passes is flaky and says what went wrong before", async () => {
  let runs = 0;
  const suite = inlineSuite({
    checks: {
      flaky: (t) => t.must(++runs > 2, `run ${runs}`),
      broken: (t) => t.fail("always"),
    },
  });
  const ran = await runInline([suite], { retries: 2 });
  const flaky = ran.check("flaky");
  assert.deepEqual([flaky.outcome, flaky.flaky, flaky.attempts], ["passed", true, 3]);
  assert.equal(flaky.message, "attempt 1: run 1; attempt 2: run 2");
  assert.deepEqual([ran.check("broken").attempts, ran.check("broken").flaky], [3, false]);
});

test("seeds are the same for the same run seed and check, and differ between checks", async () => {
  const seen: number[][] = [];
  for (const seed of [7, 7, 8]) {
    const seeds: number[] = [];
    const note = (t: { seed: number }) => void seeds.push(t.seed);
    await runInline([inlineSuite({ checks: { a: note, b: note } })], { seed });
    seen.push(seeds);
  }
  const [first = [], again = [], other = []] = seen;
  assert.deepEqual(first, again);
  assert.notEqual(first[0], first[1]);
  assert.notEqual(first[0], other[0]);
});

test("clean-ups run newest first, after failures too, and a failing one fails a check that passed", async () => {
  const order: string[] = [];
  const suite = inlineSuite({
    checks: {
      fails: (t) => {
        t.cleanup(async () => order.push("first"));
        t.cleanup(async () => order.push("second"));
        t.fail("no");
      },
      passes: (t) => t.cleanup(() => Promise.reject(new Error("still busy"))),
    },
  });
  const ran = await runInline([suite]);
  assert.deepEqual(order, ["second", "first"]);
  assert.equal(ran.outcome("passes"), "failed: cleaning up failed: still busy");
});

test("logs, evidence and figures reach the record; a figure that is no number fails its check", async () => {
  const suite = inlineSuite({
    checks: {
      measures: (t) => {
        t.log("measured");
        t.evidence({ kind: "text", title: "tc", text: "x".repeat(100_000) });
        t.figure({ name: "throughput", value: 12.5, unit: "Gbit/s", n: 3 });
      },
      nonsense: (t) => t.figure({ name: "delay", value: Number.NaN, unit: "ms", n: 1 }),
    },
  });
  const ran = await runInline([suite]);
  assert.deepEqual(ran.check("measures").log, ["measured"]);
  const [evidence] = ran.check("measures").evidence;
  assert.ok(evidence?.kind === "text" && evidence.text.length < 70_000);
  assert.deepEqual(ran.record.figures, [
    { name: "throughput", value: 12.5, unit: "Gbit/s", n: 3, world: "netns (emulated)" },
  ]);
  assert.match(ran.outcome("nonsense"), /^failed: Cannot keep the figure "delay"/);
});

test("a thrown OutcomeSignal means the same as the context's word", async () => {
  const suite = inlineSuite({
    checks: {
      signal: () => {
        throw new OutcomeSignal({ kind: "finding", message: "odd" });
      },
      assertion: () => assert.equal(1, 2),
    },
  });
  const ran = await runInline([suite]);
  assert.equal(ran.outcome("signal"), "finding: odd");
  assert.deepEqual([ran.check("assertion").expected, ran.check("assertion").actual], ["2", "1"]);
});
