/** Commands run to their end: environment, output, deadlines, aborts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError } from "../../impl/base/command-error.ts";
import { isAlive, processStat } from "./process-identity.ts";
import { mustRun, runCommand } from "./run-command.ts";

const sh = (script: string) => ["/bin/sh", "-c", script];

test("runCommand() gives output, exit code and input through", async () => {
  const result = await runCommand(sh("cat; echo oops >&2; exit 3"), { stdin: "in" });
  const { exitCode, stdout, stderr, timedOut } = result;
  assert.deepEqual(
    { exitCode, stdout, stderr, timedOut },
    { exitCode: 3, stdout: "in", stderr: "oops\n", timedOut: false },
  );
  assert.equal("signal" in result, false);
  assert.equal("pipesHeld" in result, false);
});

test("runCommand() gives exactly the environment that was asked for", async () => {
  const environment = { CNI_COMMAND: "ADD" };
  const { stdout } = await runCommand(["/usr/bin/env"], { environment });
  assert.equal(stdout, "CNI_COMMAND=ADD\n");
});

test("runCommand() kills the whole group at the deadline", async () => {
  const script = "sleep 60 & echo $!; wait";
  const { timedOut, signal, stdout } = await runCommand(sh(script), { timeoutMs: 150 });
  assert.equal(timedOut, true);
  assert.equal(signal, "SIGKILL");
  const grandchild = processStat(Number(stdout));
  assert.ok(grandchild === undefined || !isAlive(grandchild));
});

test("runCommand() does not wait for a grandchild that holds its output open", async () => {
  const { stdout, durationMs, pipesHeld } = await runCommand(sh("setsid sleep 3 & echo done"));
  assert.equal(stdout, "done\n");
  assert.equal(pipesHeld, true);
  assert.ok(durationMs < 2_000, `it took ${durationMs} ms`);
});

test("runCommand() ends a command whose signal aborts, and one whose signal has aborted", async () => {
  const stop = new AbortController();
  const running = runCommand(sh("sleep 60"), { signal: stop.signal });
  stop.abort();
  assert.equal((await running).signal, "SIGKILL");
  assert.equal((await runCommand(sh("sleep 60"), { signal: stop.signal })).signal, "SIGKILL");
});

test("runCommand() reports a program that does not exist as exit code 127", async () => {
  const { exitCode, stderr } = await runCommand(["/nonexistent/program"]);
  assert.equal(exitCode, 127);
  assert.match(stderr, /ENOENT/);
});

test("mustRun() throws what the command said", async () => {
  assert.equal(await mustRun(sh("echo yes")), "yes\n");
  await assert.rejects(mustRun(sh("echo no such thing >&2; exit 4")), (error) => {
    return error instanceof CommandError && error.exitCode === 4 && /no such/.test(error.message);
  });
});
