/** A run that failed, as a file that somebody else can run again: spawned for real, over a world in memory. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Ended, spawnDnc } from "./spawn-dnc.ts";

const cwd = await mkdtemp(join(tmpdir(), "dnc-bundle-test-"));
after(() => rm(cwd, { recursive: true, force: true }));

const dnc = (...words: string[]): Promise<Ended> => spawnDnc(words, { cwd }).ended;
const inside = (file: string, name: string) =>
  execFileSync("tar", ["-xzOf", join(cwd, file), `dnc-bundle/${name}`], { encoding: "utf8" });
const names = (file: string) =>
  execFileSync("tar", ["-tzf", join(cwd, file)], { encoding: "utf8" })
    .trim()
    .split("\n");

let failed: Ended;

before(async () => {
  await writeFile(join(cwd, "my.conf"), '{"name":"n"}');
  failed = await dnc(
    "run",
    "good",
    "bad",
    "--conf",
    "my.conf",
    "--test",
    "!ADD-02",
    "--nodes",
    "1",
  );
});

/** Made once: the tests below look at it. */
const bundle = (() => {
  let made: Promise<Ended> | undefined;
  return () => {
    made ??= dnc("bundle", "--out", "b.tar.gz");
    return made;
  };
})();

test("a run that fails says how to send it, and a bundle has what a person needs", async () => {
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /to send it to somebody: .* bundle --run results\/\S+\n/);
  const { code, stdout, stderr } = await bundle();
  assert.deepEqual([code, stdout], [0, "b.tar.gz\n"], stderr);
  assert.match(stderr, /^run \S+: failed, 1 failed$/m);
  const readMe = inside("b.tar.gz", "README.txt");
  assert.match(readMe, /^command .* run good bad --conf my.conf --test '!ADD-02' --nodes 1$/m);
  assert.match(readMe, /^seed +\d+$/m);
  assert.match(readMe, /^The same run again: .* repro b.tar.gz$/m);
  assert.match(readMe, /^ {2}bad\/DEL.1: the VF stayed\n {4}.* run bad --test .* --seed \d+$/m);
  assert.match(inside("b.tar.gz", "failure/bad/first-failure.txt"), /^bad\/DEL.1 failed: the VF/);
  assert.match(inside("b.tar.gz", "failure/bad/snapshot.txt"), /^machine: link lo up$/m);
  assert.equal(inside("b.tar.gz", "inputs/4-my.conf"), '{"name":"n"}');
  assert.ok(!names("b.tar.gz").some((name) => name.startsWith("dnc-bundle/failure/good")));
});

test("repro runs the same suites, checks, seed and files, and ends as the run does", async () => {
  await bundle();
  const { seed } = JSON.parse(await readFile(join(cwd, "results/latest/record.json"), "utf8"));
  const again = await dnc("repro", "b.tar.gz");
  assert.equal(again.code, 1, again.stderr);
  assert.match(again.stderr, /^ {2}✗ bad\/DEL.1: the VF stayed$/m);
  const conf = join(cwd, "my.conf").replaceAll(".", "\\.");
  assert.match(again.stderr, new RegExp(`run good bad --conf ${conf} .*--seed ${seed}$`, "m"));
  assert.match(again.stdout, new RegExp(`3 passed, 1 failed .*seed ${seed}`));
});

test("what is no bundle or no run costs one line and code 2", async () => {
  await writeFile(join(cwd, "text.tar.gz"), "hello");
  const rows = [
    [["repro", "text.tar.gz"], /^dnc: Cannot read the bundle "text.tar.gz": /],
    [["bundle", "--run", "nowhere"], /Cannot bundle the run "nowhere": there is no record.json/],
  ] as const;
  for (const [words, line] of rows) {
    const { code, stdout, stderr } = await dnc(...words);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.match(stderr, line);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
  }
});
