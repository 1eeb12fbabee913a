/** What the runner does around the checks: opening, closing, leaks, casualties, stops. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../core/backend.ts";
import { Interrupted } from "../core/interrupted.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import { fakeBackend } from "./fake-world.ts";
import { emptyFixture, inlineSuite } from "./inline-suite.ts";
import { runInline } from "./run-inline.ts";

const pass = () => {};

test("a suite that declines gives each check its outcome", async () => {
  const open = async () => {
    throw new OutcomeSignal({ kind: "skipped", message: "no bridge plugin" });
  };
  const ran = await runInline([inlineSuite({ open, checks: { a: pass, b: pass } })]);
  assert.equal(ran.outcome("a"), "skipped: no bridge plugin");
  assert.equal(ran.outcome("b"), "skipped: no bridge plugin");
});

test("a suite that cannot open fails once and blocks its checks; the next suite runs", async () => {
  const open = () => Promise.reject(new Error("the agent is not ready"));
  const ran = await runInline([
    inlineSuite({ name: "broken", open, checks: { a: pass } }),
    inlineSuite({ name: "fine", checks: { b: pass } }),
  ]);
  assert.equal(ran.outcome("open"), 'failed: Cannot prepare "broken": the agent is not ready');
  assert.equal(ran.outcome("a"), "blocked: the suite did not open: the agent is not ready");
  assert.equal(ran.outcome("b"), "passed");
});

test("what a suite leaves behind or takes away fails its leak check, line by line", async () => {
  const suite = inlineSuite({
    checks: { a: pass },
    open: async ({ world }) => {
      await world.nodes[0]?.createPod("forgotten");
      return emptyFixture();
    },
  });
  const ran = await runInline([suite, inlineSuite({ name: "after", checks: { b: pass } })]);
  const leaks = ran.record.checks.filter(({ id }) => id === "leaks");
  assert.deepEqual(
    leaks.map(({ suite: of, outcome }) => `${of} ${outcome}`),
    ["inline failed", "after passed"],
  );
  assert.match(leaks[0]?.message ?? "", /\+ machine: netns node1\/forgotten/);
  assert.deepEqual(leaks[0]?.evidence[0]?.kind, "difference");
  assert.equal(ran.record.verdict, "failed");
});

test("a leftover that goes away within the settling time is no leak", async () => {
  const suite = inlineSuite({
    checks: { a: pass },
    open: async ({ world }) => {
      const pod = await world.nodes[0]?.createPod("late");
      return emptyFixture({
        async [Symbol.asyncDispose]() {
          setTimeout(() => void pod?.[Symbol.asyncDispose](), 300);
        },
      });
    },
  });
  assert.equal((await runInline([suite])).outcome("leaks"), "passed");
});

test("a world that cannot be looked at fails the leak check", async () => {
  const backend = fakeBackend({ snapshotError: new Error("no /proc") });
  const ran = await runInline([inlineSuite({ checks: { a: pass } })], { backend });
  assert.equal(ran.outcome("leaks"), "failed: Cannot take a snapshot of the world: no /proc");
  assert.equal(ran.outcome("a"), "passed");
});

test("a fixture that fails to close is a failure", async () => {
  const fixture = emptyFixture({ [Symbol.asyncDispose]: () => Promise.reject(new Error("busy")) });
  const ran = await runInline([inlineSuite({ open: async () => fixture, checks: { a: pass } })]);
  assert.equal(ran.outcome("close"), 'failed: Cannot close "inline": busy');
});

test("a dead daemon is warned of at once, named by what fails, and fails a run that passed", async () => {
  const dead: string[] = [];
  const open = async () => emptyFixture({ casualties: () => dead });
  const dies = () => {
    dead.push("cni-offload-host on node1 was killed by SIGKILL");
  };
  let warnedDuring = "";
  const suite = inlineSuite({
    open,
    checks: {
      before: (t) => t.fail("own fault"),
      dies,
      waits: () => sleep(400),
      after: (t) => t.fail("refused"),
    },
  });
  const ran = await runInline([suite], {
    onEvent: (event) => {
      if (event.kind === "warning") warnedDuring = event.line;
      if (event.kind === "checkFinished" && event.check.id === "waits")
        assert.notEqual(warnedDuring, "");
    },
  });
  assert.equal(ran.outcome("before"), "failed: own fault");
  assert.equal(ran.outcome("after"), `failed: refused (${dead[0]})`);
  assert.deepEqual(ran.record.warnings, dead);

  dead.length = 0;
  const silent = await runInline([inlineSuite({ open, checks: { dies } })]);
  assert.equal(silent.outcome("dies"), "passed");
  assert.equal(silent.outcome("processes"), `failed: ${dead[0]}`);
  assert.equal(silent.record.verdict, "failed");
});

test("a node's log is named where it is after the run, in messages and warnings", async () => {
  const dead: string[] = [];
  const open = async ({ world }: { readonly world: World }) => {
    dead.push(`agent was killed (log: ${world.nodes[0]?.paths.logs}/agent.log)`);
    return emptyFixture({ casualties: () => dead });
  };
  const ran = await runInline([inlineSuite({ open, checks: { a: (t) => t.fail("refused") } })]);
  const saved = /\(log: [^ ]*\/run\/logs\/node1\/agent\.log\)/;
  assert.match(ran.outcome("a"), saved);
  assert.match(ran.record.warnings.join(), saved);
  const shown = ran.events.find((event) => event.kind === "checkFinished");
  assert.match(shown?.check.message ?? "", saved);
});

test("--fail-fast runs nothing after a failure but still closes and looks for leaks", async () => {
  let closed = false;
  let opened = 0;
  const open = async () => {
    opened += 1;
    return emptyFixture({
      async [Symbol.asyncDispose]() {
        closed = true;
      },
    });
  };
  const ran = await runInline(
    [
      inlineSuite({ open, checks: { a: pass, b: (t) => t.fail("no"), c: pass } }),
      inlineSuite({ name: "second", open, checks: { d: pass } }),
    ],
    { failFast: true },
  );
  const stopped = "skipped: not run: stopped at the first failure (--fail-fast)";
  assert.deepEqual([ran.outcome("c"), ran.outcome("d")], [stopped, stopped]);
  assert.equal(ran.outcome("leaks"), "passed");
  assert.deepEqual([closed, opened], [true, 1]);
});

test("--fail-fast stops at a blocked check as well: it fails the run", async () => {
  const checks = { a: (t: { blocked(why: string): never }) => t.blocked("no ADD"), b: pass };
  const ran = await runInline([inlineSuite({ checks })], { failFast: true });
  assert.match(ran.outcome("b"), /^skipped: not run: stopped at the first failure/);
});

test("--retain keeps the fixture, the check's things and the world of a failure, and says how to enter", async () => {
  let touched = "";
  const open = async () =>
    emptyFixture({
      async [Symbol.asyncDispose]() {
        touched += "fixture closed ";
      },
    });
  const checks = {
    bad: (t: { cleanup(undo: () => Promise<unknown>): void; fail(why: string): never }) => {
      t.cleanup(async () => {
        touched += "cleaned ";
      });
      t.fail("no");
    },
  };
  const ran = await runInline([inlineSuite({ open, checks })], { retain: true });
  assert.equal(touched, "");
  assert.equal(ran.backend.worlds[0]?.state.retained, true);
  assert.deepEqual(ran.record.warnings, ["kept dnc-fake", "enter: nowhere"]);
  assert.equal(ran.outcome("leaks"), "skipped: the world is kept as it is");

  const fine = await runInline([inlineSuite({ checks: { a: pass } })], { retain: true });
  assert.equal(fine.backend.worlds[0]?.state.retained, false);
});

test("Ctrl-C while a suite opens reaches open() and runs none of its checks", async () => {
  const controller = new AbortController();
  const open = async ({ signal }: { signal: AbortSignal }) => {
    setTimeout(() => controller.abort(new Interrupted()), 1);
    await sleep(60_000, undefined, { signal });
    return emptyFixture();
  };
  const suites = [inlineSuite({ open, checks: { a: pass } })];
  const ran = await runInline(suites, { signal: controller.signal });
  assert.equal(ran.outcome("a"), "skipped: not run: interrupted");
  assert.equal(ran.record.verdict, "interrupted");
});

test("Ctrl-C aborts the check, closes the fixture, removes the world and is written down", async () => {
  const controller = new AbortController();
  let closed = false;
  const suite = inlineSuite({
    open: async ({ signal }) =>
      emptyFixture({
        async [Symbol.asyncDispose]() {
          signal.throwIfAborted(); // a DEL bound to it must not be cut short
          closed = true;
        },
      }),
    checks: {
      long: (t) => {
        controller.abort(new Interrupted());
        return sleep(60_000, undefined, { signal: t.signal }).then(() => {});
      },
      never: pass,
    },
  });
  const ran = await runInline([suite], { signal: controller.signal });
  assert.equal(ran.outcome("long"), "blocked: stopped half-way: interrupted");
  assert.equal(ran.outcome("never"), "skipped: not run: interrupted");
  assert.equal(ran.record.verdict, "interrupted");
  assert.deepEqual([closed, ran.backend.worlds[0]?.state.disposed], [true, true]);
});

test("a world that does not come up, or does not go away, is said in the verdict", async () => {
  const suites = [inlineSuite({ checks: { a: pass } })];
  const down = await runInline(suites, { backend: fakeBackend({ upError: new Error("no veth") }) });
  assert.deepEqual([down.record.verdict, down.record.reason], ["couldNotRun", "no veth"]);
  const controller = new AbortController();
  const hangs = runInline(suites, {
    backend: fakeBackend({ upHangs: true }),
    signal: controller.signal,
    onEvent: ({ kind }) => kind === "progress" && controller.abort(new Interrupted()),
  });
  assert.equal((await hangs).record.verdict, "interrupted");
  const stuck = await runInline(suites, {
    backend: fakeBackend({ disposeError: new Error("busy") }),
  });
  assert.equal(stuck.record.verdict, "failed");
  assert.match(stuck.record.reason ?? "", /Cannot remove the world "dnc-fake": busy/);
});

test("checks of a parallel suite run side by side, each once, bounded by the suite", async () => {
  let running = 0;
  let most = 0;
  const check = async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(20);
    running -= 1;
  };
  const checks = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, check]));
  const ran = await runInline([inlineSuite({ parallel: 3, checks })]);
  assert.equal(most, 3);
  assert.equal(ran.record.summary.passed, 10);
});

test("events of a run come in order: started, suite, checks in pairs, finished", async () => {
  const ran = await runInline([inlineSuite({ checks: { a: pass } })]);
  const kinds = ran.events.map(({ kind }) => kind).filter((kind) => kind !== "progress");
  assert.deepEqual(kinds, [
    "runStarted",
    "suiteStarted",
    ...["checkStarted", "checkFinished", "checkStarted", "checkFinished"],
    "suiteFinished",
    "runFinished",
  ]);
});
