/** Plugins that misbehave are bounded: in time, in output, and in what they leave behind. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runPlugin } from "./run-plugin.ts";

const never = new AbortController().signal;

function shell(script: string, signal: AbortSignal = never) {
  const environment = { PATH: process.env.PATH ?? "" };
  const executable = "/bin/sh";
  return runPlugin({ executable, arguments: ["-c", script], environment, stdin: "{}", signal });
}

test("what it prints and its exit code come back", async () => {
  const end = await shell('read line; echo "got $line"; echo oops >&2; exit 3');
  assert.deepEqual(end, { exitCode: 3, stdout: "got {}\n", stderr: "oops\n" });
});

test("one that ends without reading its configuration is no error", async () => {
  assert.equal((await shell("exit 0")).exitCode, 0);
});

test("it gets the environment that was said and nothing else", async () => {
  const end = await shell("env");
  const names = end.stdout.split("\n").map((line) => line.split("=")[0]);
  assert.deepEqual(
    names.filter((name) => !["", "PATH", "PWD", "_", "SHLVL", "OLDPWD"].includes(name ?? "")),
    [],
  );
});

test("one that hangs is killed for the reason the signal gives, with its children", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-plugin-"));
  const late = new AbortController();
  const running = shell(`sleep 300 & echo $! >${folder}/pid; echo half; sleep 300`, late.signal);
  await until(() => existsSync(`${folder}/pid`) && readFileSync(`${folder}/pid`, "utf8") !== "");
  const child = Number(readFileSync(`${folder}/pid`, "utf8"));
  late.abort(new Error("ADD did not end in 8 ms"));
  const end = await running;
  assert.equal(end.killed, "ADD did not end in 8 ms");
  assert.deepEqual([end.exitCode, end.signal, end.stdout], [undefined, "SIGKILL", "half\n"]);
  await until(() => isDead(child));
  await rm(folder, { recursive: true });
});

test("a child it leaves behind is killed, and does not hold its answer up", async () => {
  const began = performance.now();
  const end = await shell("sleep 300 & echo $!");
  assert.equal(end.exitCode, 0);
  assert.ok(performance.now() - began < 5_000);
  await until(() => isDead(Number(end.stdout)));
});

test("one that prints without end is killed", async () => {
  const end = await shell("exec cat /dev/zero");
  assert.match(end.killed ?? "", /^it printed more than 1048576 bytes$/);
  assert.ok(end.stdout.length <= 1024 * 1024);
});

test("a long stderr is drained and cut", async () => {
  const end = await shell("head -c 300000 /dev/zero | tr '\\0' x >&2; echo done");
  assert.equal(end.stdout, "done\n");
  assert.equal(end.stderr.length, 16 * 1024);
});

test("one killed from outside says by which signal", async () => {
  const end = await shell("kill -9 $$");
  assert.deepEqual([end.exitCode, end.signal, end.killed], [undefined, "SIGKILL", undefined]);
});

test("one that cannot be started rejects and names it", async () => {
  const call = { executable: "/no/such", environment: {}, stdin: "", signal: never };
  await assert.rejects(runPlugin(call), /^Error: Cannot run the plugin "\/no\/such": ENOENT$/);
});

test("a signal that has aborted starts nothing", async () => {
  await assert.rejects(shell("exit 0", AbortSignal.abort(new Error("gave up"))), /gave up/);
});

/** A zombie is dead: somebody else's to bury. */
function isDead(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 5_000; !holds(); ) {
    assert.ok(Date.now() < endMs, "it never became so");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
