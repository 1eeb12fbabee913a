/** The command line as a person meets it: spawned for real, over a world in memory. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runRecordSchema } from "../core/record.ts";
import { type Ended, spawnDnc } from "./spawn-dnc.ts";

const cwd = await mkdtemp(join(tmpdir(), "dnc-cli-"));
after(() => rm(cwd, { recursive: true, force: true }));

const dnc = (...words: string[]): Promise<Ended> => spawnDnc(words, { cwd }).ended;

/** One line on stderr, code 2, nothing on stdout. */
async function refused(words: readonly string[], line: RegExp): Promise<void> {
  const { code, stdout, stderr } = await dnc(...words);
  assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  assert.match(stderr, line);
  assert.deepEqual([code, stdout], [2, ""], words.join(" "));
}

test("help and version end with 0, and help has examples for every command", async () => {
  const version = await dnc("--version");
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal(version.code, 0);
  const help = await dnc("--help");
  assert.equal(help.code, 0);
  const names = [
    ...["run", "list", "doctor", "up", "down", "exec", "clean", "compare", "bundle", "repro"],
  ];
  for (const name of names) assert.match(help.stdout, new RegExp(`^  ${name}\\b`, "m"));
  assert.doesNotMatch(help.stdout, /^ {2}hold/m);
  const helps = await Promise.all(names.map((name) => dnc(name, "--help")));
  for (const { code, stdout } of helps) {
    assert.equal(code, 0);
    assert.match(stdout, /Examples:/);
  }
});

test("wrong words cost one line and code 2", async () => {
  await Promise.all([
    refused(["rnu"], /unknown command 'rnu'.*run/),
    refused(["run", "--retry", "3"], /unknown option '--retry'.*--retries/),
    refused(["run", "--nodes", "zero"], /--nodes.*'zero'.*whole number from 1 to 16/),
    refused(["run", "godo"], /Cannot find the suite "godo".*did you mean good\?/),
    refused(["run", "--test", "("], /Cannot select checks by "\(": not a regular expression/),
  ]);
  await Promise.all([
    refused(["run", "--test", "nothing-like-it"], /no check of good matches/),
    refused(["run", "--plugin", "nope"], /no such plugin/),
    refused(["run", "--pods", "9"], /a node has 8 VFs/),
    refused(
      ["run", "good", "--runtime", "containerd"],
      /Cannot run good with --runtime containerd/,
    ),
    refused(["run", "--reporter", "jsno"], /"jsno" is none of .*did you mean json/),
    refused(["run", "--reporter", "json,junit"], /on one output/),
    refused(["exec", "node1"], /missing required argument 'command'/),
  ]);
  await writeFile(join(cwd, "a-file"), "");
  await refused(["run", "--results", "a-file"], /Cannot write results to "a-file"/);
});

test("a run that passes ends with 0 and leaves record.json, junit.xml and latest", async () => {
  const { code, stdout, stderr } = await dnc("run", "--results", "passed", "--seed", "5");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /✓ ADD-01 ADD-01 holds/);
  assert.match(stdout, /3 passed, 0 failed in .*seed 5/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for colours
  assert.doesNotMatch(stdout, /\u001b/);
  const runId = await readlink(join(cwd, "passed/latest"));
  assert.deepEqual((await readdir(join(cwd, "passed"))).sort(), [runId, "latest"].sort());
  assert.deepEqual((await readdir(join(cwd, "passed", runId))).sort(), [
    "asked.json",
    "junit.xml",
    "record.json",
  ]);
  const record = runRecordSchema.parse(
    JSON.parse(await readFile(join(cwd, "passed/latest/record.json"), "utf8")),
  );
  assert.deepEqual([record.verdict, record.seed, record.runId], ["passed", 5, runId]);
  assert.match(record.command, /fake-dnc\.ts run --results passed --seed 5$/);
});

test("a failed run ends with 1 and prints a command that runs exactly that check again", async () => {
  const first = await dnc("run", "good", "bad", "--nodes", "3", "--seed", "5");
  assert.equal(first.code, 1);
  const again = /again: node \S+ (.*)$/m.exec(first.stdout)?.[1] ?? "";
  assert.equal(again, "run bad --test '^bad/DEL\\.1$' --nodes 3 --seed 5");
  const second = await dnc("run", "bad", "--test", "^bad/DEL\\.1$", "--nodes", "3", "--seed", "5");
  assert.equal(second.code, 1);
  assert.match(second.stdout, /1 failed/);
});

test("a run in which everything was skipped ends with 2", async () => {
  const { code, stdout } = await dnc("run", "skips");
  assert.equal(code, 2);
  assert.match(stdout, /could not run: every check was skipped: no card here/);
});

test("--reporter json has the record alone on stdout; the terminal moves to stderr", async () => {
  const json = await dnc("run", "--reporter", "terminal,json");
  assert.equal(runRecordSchema.parse(JSON.parse(json.stdout)).verdict, "passed");
  assert.match(json.stderr, /3 passed/);
});

test("GitHub gets annotations, escaped, and colours come when forced", async () => {
  const environment = { GITHUB_ACTIONS: "true", FORCE_COLOR: "1" };
  const { stdout } = await spawnDnc(["run", "bad"], { cwd, environment }).ended;
  assert.match(
    stdout,
    /^::error title=bad\/DEL\.1%3A DEL\.1 holds::the VF stayed%0A::x%0Aagain: /m,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for colours
  assert.match(stdout, /\u001b\[31m/);
});

test("list shows what would run, for people and for programs", async () => {
  const [text, json] = await Promise.all([dnc("list"), dnc("list", "bad", "--json")]);
  assert.match(text.stdout, /^good\* · the suite good\n {2}ADD-01 {2}ADD-01 holds$/m);
  assert.deepEqual(JSON.parse(json.stdout), [
    {
      name: "bad",
      title: "the suite bad",
      isDefault: false,
      checks: [{ id: "DEL.1", title: "DEL.1 holds" }],
    },
  ]);
});

test("doctor says what is missing and how to mend it, and clean what it removed", async () => {
  const [doctor, json, clean] = await Promise.all([
    dnc("doctor"),
    dnc("doctor", "--json"),
    dnc("clean"),
  ]);
  assert.match(doctor.stdout, /✗ missing {2}veth: no links\n {4}modprobe veth/);
  assert.equal(doctor.code, 2);
  assert.equal(JSON.parse(json.stdout).length, 2);
  assert.deepEqual([clean.code, clean.stdout], [0, "removed dnc-0001\n"]);
});

test("Ctrl-C once cleans up, writes the record and ends with 130", async () => {
  const run = spawnDnc(["run", "slow", "--results", "once"], { cwd });
  await run.saw(/preparing/);
  run.child.kill("SIGINT");
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 130);
  assert.match(stderr, /interrupted: cleaning up/);
  assert.match(stdout, /^interrupted/m);
  const record = JSON.parse(await readFile(join(cwd, "once/latest/record.json"), "utf8"));
  assert.equal(record.verdict, "interrupted");
});

test("Ctrl-C twice leaves at once and names the command that cleans up", async () => {
  const run = spawnDnc(["run", "deaf"], { cwd });
  await run.saw(/deaf: preparing/);
  run.child.kill("SIGINT");
  await run.saw(/cleaning up/);
  await sleep(450); // a person is slower than npm's echo of the signal
  run.child.kill("SIGINT");
  const { code, stderr } = await run.ended;
  assert.equal(code, 130);
  assert.match(stderr, /leaving at once: ".* clean" removes what is left/);
});

test("a fault that nobody caught costs one line, cleans up and ends with 2", async () => {
  const { code, stdout, stderr } = await dnc("run", "faulty");
  assert.equal(code, 2);
  assert.match(stderr, /^dnc: nobody caught this \(.*report it to .*--verbose/);
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.match(stdout, /removing the world/);
});

test("a reader that goes away does not take the run with it", async () => {
  const run = spawnDnc(["run", "--results", "piped"], { cwd });
  run.child.stdout?.destroy();
  const { code, stderr } = await run.ended;
  assert.deepEqual([code, stderr], [0, ""]);
  const record = JSON.parse(await readFile(join(cwd, "piped/latest/record.json"), "utf8"));
  assert.equal(record.verdict, "passed");
});
