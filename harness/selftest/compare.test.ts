/** `dnc compare` and `--baseline` as a person meets them: spawned for real, over figures of a suite made for it. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Ended, spawnDnc } from "./spawn-dnc.ts";

const cwd = await mkdtemp(join(tmpdir(), "dnc-compare-"));
after(() => rm(cwd, { recursive: true, force: true }));

const dnc = (words: readonly string[], factor = "1"): Promise<Ended> =>
  spawnDnc(words, { cwd, environment: { DNC_FAKE_FACTOR: factor } }).ended;

before(async () => {
  await dnc(["run", "measures", "--results", "base"]);
  await dnc(["run", "measures", "--results", "slow"], "1.5");
});

test("a run shows its figures, and names those it could not have", async () => {
  const { stdout } = await dnc(["run", "measures", "--results", "shown"]);
  assert.match(stdout, /^add\.p50: 10 ms \(9\.9 … 10\.1\), n = 30, netns \(emulated\)$/m);
  assert.match(stdout, /^not measured: no iperf3 here: ratio\.stream$/m);
});

test("compare ends with 0 for a record beside itself and with 1 for a regression", async () => {
  const same = await dnc(["compare", "base/latest", "base/latest"]);
  assert.equal(same.code, 0, same.stderr);
  assert.match(same.stdout, /0 regressions, 0 improvements in 1 compared/);
  const slower = await dnc(["compare", "base/latest", "slow/latest/record.json"]);
  assert.equal(slower.code, 1);
  assert.match(slower.stdout, /add\.p50 +10 ms +15 ms +\+50\.0 % +<0\.001 +regression/);
  const faster = await dnc(["compare", "slow/latest", "base/latest"]);
  assert.equal(faster.code, 0);
  assert.match(faster.stdout, /improvement/);
  assert.equal((await dnc(["compare", "base/latest", "slow/latest", "--threshold", "60"])).code, 0);
});

test("compare --json says everything but the samples", async () => {
  const { code, stdout } = await dnc(["compare", "--json", "base/latest", "slow/latest"]);
  const { compared, unlikeMachines } = JSON.parse(stdout);
  assert.equal(code, 1);
  assert.deepEqual(unlikeMachines, []);
  assert.equal(compared[0].verdict, "regression");
  assert.equal(compared[0].before.samples, undefined);
});

test("unlike machines are told of", async () => {
  const record = JSON.parse(await readFile(join(cwd, "base/latest/record.json"), "utf8"));
  record.machine.cpu = "another one";
  await writeFile(join(cwd, "other.json"), JSON.stringify(record));
  const { stdout } = await dnc(["compare", "base/latest", "other.json"]);
  assert.match(stdout, /^! the machines are not alike: cpu: .*, then another one$/m);
});

test("what is no record costs one line and code 2", async () => {
  await writeFile(join(cwd, "not.json"), "{");
  for (const [word, why] of [
    ["nowhere", /no such file/],
    ["not.json", /is not JSON/],
  ] as const) {
    const { code, stderr } = await dnc(["compare", word, "base/latest"]);
    assert.equal(code, 2);
    assert.match(stderr, why);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  }
});

test("run --baseline fails on a regression and passes without one", async () => {
  const words = ["run", "measures", "--results", "again", "--baseline", "base/latest"];
  const slower = await dnc(words, "1.5");
  assert.equal(slower.code, 1, slower.stdout);
  assert.match(slower.stdout, /regression/);
  assert.equal((await dnc(words)).code, 0);
  const json = await dnc([...words, "--reporter", "json"], "1.5");
  assert.equal(json.code, 1);
  assert.equal(JSON.parse(json.stdout).verdict, "passed");
  assert.match(json.stderr, /regression/);
});
