import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Starter, splitEntered } from "./starter.ts";

let directory: string;
let starter: Starter;
let skip: string | false = false;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dnc-starter-"));
  try {
    starter = await Starter.open(directory);
  } catch (error) {
    skip = error instanceof Error ? error.message : String(error);
  }
});

after(async () => {
  if (!skip) await starter[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

test("run() of ip says what ip itself says", async (t) => {
  if (skip) return t.skip(skip);
  const argv = ["-j", "address", "show", "dev", "lo"];
  const { stdout, exitCode } = await starter.run(["ip", ...argv]);
  assert.equal(exitCode, 0);
  assert.equal(stdout, execFileSync("ip", argv, { encoding: "utf8" }));
  const batch = await starter.run(["ip", "-j", "-batch", "-"], { stdin: "link show dev lo" });
  assert.match(batch.stdout, /"ifname":"lo"/);
  const failed = await starter.run(["ip", "link", "show", "dev", "nosuch"]);
  assert.deepEqual([failed.exitCode, failed.stdout], [1, ""]);
  assert.match(failed.stderr, /nosuch/);
});

test("run() of any other program gives it stdin and environment, and takes both its streams", async (t) => {
  if (skip) return t.skip(skip);
  const script = 'cat; echo "$WORD" >&2; exit 7';
  const env = { PATH: "/usr/bin:/bin", WORD: "word" };
  const ran = await starter.run(["sh", "-c", script], { stdin: "given", env });
  assert.deepEqual(ran, { exitCode: 7, stdout: "given", stderr: "word\n", timedOut: false });
  assert.equal((await starter.run(["no-such-program"])).exitCode, 127);
  assert.equal((await starter.run(["sh", "-c", "kill -9 $$"])).signal, "signal 9");
});

test("run() ends a command at its deadline and at an abort", async (t) => {
  if (skip) return t.skip(skip);
  const late = await starter.run(["sleep", "60"], { timeoutMs: 50 });
  assert.deepEqual([late.timedOut, late.signal], [true, "SIGKILL"]);
  const signal = AbortSignal.abort();
  const aborted = await starter.run(["sleep", "60"], { signal });
  assert.deepEqual([aborted.timedOut, aborted.signal], [false, "SIGKILL"]);
});

test("splitEntered() tells the namespace that nsenter enters", () => {
  const entered = ["/usr/bin/nsenter", "--net=/run/netns/x", "--", "ip", "link"];
  assert.deepEqual(splitEntered(entered), { netns: "/run/netns/x", rest: ["ip", "link"] });
  assert.deepEqual(splitEntered(["ip", "link"]), { netns: undefined, rest: ["ip", "link"] });
});
