/** What the terminal shows, what GitHub reads, and that a broken reporter hides nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reporter, RunEvent } from "../core/event.ts";
import type { CheckRecord } from "../core/record.ts";
import { githubReporter } from "./github.ts";
import { multiplex } from "./multiplexer.ts";
import { colorsFor, type Output } from "./output.ts";
import { sampleCheck, sampleRecord } from "./sample-record.ts";
import { terminalReporter } from "./terminal.ts";
import { fewLines, visibleText } from "./visible-text.ts";

function capture(isTTY = false): Output & { text(): string } {
  let all = "";
  return {
    isTTY,
    columns: isTTY ? 40 : undefined,
    write(text) {
      all += text;
    },
    text: () => all,
  };
}

type Verbosity = "quiet" | "normal" | "verbose";

function shown(checks: readonly CheckRecord[], verbosity: Verbosity = "normal"): string {
  const output = capture();
  const colors = colorsFor(output, {});
  const reporter = terminalReporter(output, { colors, verbosity, recordPath: "results/r.json" });
  const say = (event: RunEvent) => void reporter.on(event);
  const suites = [{ name: "s", checks: checks.length }];
  say({ kind: "runStarted", runId: "r", seed: 7, command: "dnc run", suites });
  say({ kind: "suiteStarted", suite: "s", title: "the suite", checks: checks.length });
  for (const check of checks) say({ kind: "checkFinished", suite: "s", check });
  say({ kind: "suiteFinished", suite: "s" });
  say({ kind: "runFinished", record: sampleRecord(checks) });
  return output.text();
}

const failure = sampleCheck({
  outcome: "failed",
  message: "the address is wrong",
  expected: "10.0.0.1",
  actual: "10.0.0.2",
  log: ["asked", "answered"],
  evidence: [
    {
      kind: "command",
      argv: ["/opt/cni/bin/ptp"],
      environment: { CNI_COMMAND: "ADD", PATH: "/bin" },
      stdin: "{}",
      stdout: "\u001b[2Jevil",
      stderr: "",
      exitCode: 1,
      durationMs: 5,
    },
  ],
});

test("a failure shows message, values, evidence, log and how to run it again", () => {
  const text = shown([failure]);
  for (const line of [
    "✗ ADD-01 ADD answers 12 ms",
    "the address is wrong",
    "expected 10.0.0.1",
    "actual   10.0.0.2",
    "$ CNI_COMMAND=ADD /opt/cni/bin/ptp → exit 1, 5 ms",
    "stdout| \\x1b[2Jevil",
    "| answered",
    "again: dnc run s",
    "✗ s/ADD-01: the address is wrong",
    "0 passed, 1 failed in 3.4 s, seed 7",
    "record: results/r.json",
  ]) {
    assert.ok(text.includes(line), `${line} is not in\n${text}`);
  }
});

test("skips are grouped by reason and counted apart from passes", () => {
  const skips = ["a", "b", "c"].map((id) =>
    sampleCheck({ id, outcome: "skipped", message: id === "c" ? "no IPv6" : "no veth" }),
  );
  const text = shown([sampleCheck(), ...skips]);
  assert.match(text, /skipped 2: no veth \(s\/a, s\/b\)/);
  assert.match(text, /skipped 1: no IPv6 \(s\/c\)/);
  assert.match(text, /1 passed, 0 failed, 3 skipped/);
});

test("a reason that many checks share is said once as it happens, and once at the end with all ids", () => {
  const ids = ["ADD-01", "ADD-02", "ADD-03", "ADD-04", "ADD-05", "ADD-06"];
  const message = "cni-offload-agent on node1 was killed";
  const text = shown(ids.map((id) => sampleCheck({ id, outcome: "blocked", message })));
  const lines = text.split("\n").filter((line) => line.includes("ADD-0"));
  assert.deepEqual(lines, [
    `  ⊘ ADD-01 ADD answers blocked: ${message}`,
    "  ⊘ 5 more as ADD-01: ADD-02, ADD-03, ADD-04, ADD-05, ADD-06",
    `blocked 6: ${message} (${ids.map((id) => `s/${id}`).join(", ")})`,
  ]);
});

test("failures of one message share their line of the summary", () => {
  const twins = ["a", "b"].map((id) => sampleCheck({ id, outcome: "failed", message: "no ADD" }));
  assert.match(shown([...twins, failure]), /\n✗ s\/a: no ADD \(so did s\/b\)\n✗ s\/ADD-01: /);
});

test("quiet shows failures and the summary only; verbose the logs of passes too", () => {
  const passed = sampleCheck({ id: "fine", log: ["a log line"] });
  const quiet = shown([passed, failure], "quiet");
  assert.doesNotMatch(quiet, /fine/);
  assert.match(quiet, /✗ s\/ADD-01 ADD answers/);
  assert.doesNotMatch(shown([passed]), /a log line/);
  assert.match(shown([passed], "verbose"), /\| a log line/);
});

test("without a terminal silence is broken within seconds, with one a status line moves", async () => {
  const log = capture();
  const tty = capture(true);
  const reporters = [log, tty].map((output) =>
    terminalReporter(output, {
      colors: colorsFor(output, {}),
      verbosity: "normal",
      recordPath: "",
    }),
  );
  const event: RunEvent = { kind: "checkStarted", suite: "s", id: "slow", title: "a slow one" };
  for (const reporter of reporters) void reporter.on(event);
  // The status keeps no process alive; this test does.
  await sleep(2_600);
  for (const reporter of reporters) {
    void reporter.on({ kind: "runFinished", record: sampleRecord([]) });
  }
  assert.match(log.text(), /… s\/slow \(2\.\d s\)\n/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the status line is made of them
  assert.match(tty.text(), /\r\u001b\[K.*… s\/slow \(1\.\d s\)/);
});

test("NO_COLOR wins over FORCE_COLOR, which wins over what the output is", () => {
  const on = (tty: boolean, environment: Record<string, string>) =>
    colorsFor({ isTTY: tty }, environment).red("x") !== "x";
  assert.equal(on(true, {}), true);
  assert.equal(on(false, {}), false);
  assert.equal(on(false, { FORCE_COLOR: "1" }), true);
  assert.equal(on(true, { FORCE_COLOR: "0" }), false);
  assert.equal(on(true, { NO_COLOR: "1", FORCE_COLOR: "1" }), false);
  assert.equal(on(true, { TERM: "dumb" }), false);
});

test("annotations escape what would end or forge a command", () => {
  const output = capture();
  const reporter = githubReporter(output);
  const check = sampleCheck({ id: "a,b:c", outcome: "failed", message: "100%\n::error::forged" });
  void reporter.on({ kind: "checkFinished", suite: "s", check });
  assert.equal(
    output.text(),
    "::error title=s/a%2Cb%3Ac%3A ADD answers::100%25%0A::error::forged%0Aagain: dnc run s\n",
  );
});

test("a reporter that throws, now or later, is named once and dropped; the others hear all", async () => {
  const heard: string[] = [];
  const calls = { sync: 0, async: 0 };
  const reporters: readonly Reporter[] = [
    {
      name: "sync",
      on: () => {
        calls.sync += 1;
        throw new Error("no disk");
      },
    },
    {
      name: "async",
      on: async () => {
        calls.async += 1;
        await Promise.reject(new Error("no network"));
      },
    },
    { name: "good", on: (event) => void heard.push(event.kind) },
  ];
  const complaints: string[] = [];
  const all = multiplex(reporters, (line) => complaints.push(line));
  for (const suite of ["a", "b", "c"]) all.emit({ kind: "suiteFinished", suite });
  await all.drain();
  assert.deepEqual(complaints, [
    'the reporter "sync" failed and was dropped: no disk',
    'the reporter "async" failed and was dropped: no network',
  ]);
  assert.deepEqual(calls, { sync: 1, async: 1 });
  assert.equal(heard.filter((kind) => kind === "suiteFinished").length, 3);
  assert.equal(heard.filter((kind) => kind === "warning").length, 2);
});

test("a slow reporter gets every event in order", async () => {
  const heard: string[] = [];
  const slow: Reporter = {
    name: "slow",
    async on(event) {
      await sleep(event.kind === "suiteFinished" && event.suite === "a" ? 20 : 0);
      if (event.kind === "suiteFinished") heard.push(event.suite);
    },
  };
  const all = multiplex([slow], () => {});
  for (const suite of ["a", "b", "c"]) all.emit({ kind: "suiteFinished", suite });
  await all.drain();
  assert.deepEqual(heard, ["a", "b", "c"]);
});

test("foreign text cannot steer the terminal, and long text keeps its ends", () => {
  assert.equal(visibleText("a\u001b[31m\rb\tc\u0007"), "a\\x1b[31m\\x0db  c\\x07");
  assert.deepEqual(fewLines("1\n2\n3\n4\n5\n", 2), ["1", "… 3 more lines …", "5"]);
});
