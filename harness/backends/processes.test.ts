/** Long-running processes: records, logs, line protocol, and their end. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sleep } from "../../impl/base/time.ts";
import { identityOf, isAlive } from "./process-identity.ts";
import { readProcessRecords } from "./process-record.ts";
import { Processes } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "processes-"));
after(() => rmSync(folder, { recursive: true }));
const records = join(folder, "records");
const logFile = join(folder, "logs/process.log");
const processes = new Processes(records, { termGraceMs: 100 });
const sh = (script: string) => ["/bin/sh", "-c", script];

test("spawn() writes a process down while it runs, and only then", async () => {
  const sleeper = processes.spawn(sh("exec sleep 60"), { name: "sleeper", logFile });
  const [record] = readProcessRecords(records);
  assert.equal(record?.pid, sleeper.pid);
  assert.equal(record?.name, "sleeper");
  assert.equal(record !== undefined && isAlive(record), true);
  assert.equal(sleeper.ended, undefined);
  await sleeper.stop();
  assert.deepEqual(sleeper.ended, { signal: "SIGTERM" });
  assert.deepEqual(readdirSync(records), []);
});

test("spawn() appends what a process says to its log", async () => {
  const script = "echo out; echo err >&2; exit 3";
  for (let times = 0; times < 2; times++) {
    const { exited } = processes.spawn(sh(script), { name: "talker", logFile });
    assert.deepEqual(await exited, { exitCode: 3 });
  }
  assert.equal(readFileSync(logFile, "utf8"), "out\nerr\nout\nerr\n");
});

test("an interactive process answers lines with lines", async () => {
  const script = 'while read line; do echo "you said $line"; done';
  const echo = processes.spawn(sh(script), { name: "echo", logFile, interactive: true });
  const answers = echo.lines()[Symbol.asyncIterator]();
  echo.write("one");
  assert.equal((await answers.next()).value, "you said one");
  echo.write("two");
  assert.equal((await answers.next()).value, "you said two");
  await echo.stop();
  assert.equal((await answers.next()).done, true);
});

test("stop() kills a process that does not listen, with its children", async () => {
  const script = 'trap "" TERM; sleep 60 & echo $!; while :; do sleep 1; done';
  const deaf = processes.spawn(sh(script), { name: "deaf", logFile, interactive: true });
  const { value } = await deaf.lines()[Symbol.asyncIterator]().next();
  const child = identityOf(Number(value));
  assert.ok(child);
  await deaf.stop();
  assert.deepEqual(deaf.ended, { signal: "SIGKILL" });
  const endMs = Date.now() + 2_000;
  while (isAlive(child) && Date.now() < endMs) await sleep(5);
  assert.equal(isAlive(child), false);
});

test("spawn() of a program that does not exist ends with 127", async () => {
  const { exited } = processes.spawn(["/nonexistent"], { name: "nobody", logFile });
  assert.deepEqual(await exited, { exitCode: 127 });
});

test("stopAll() stops what still runs", async () => {
  const two = [1, 2].map((n) => processes.spawn(sh("sleep 60"), { name: `n${n}`, logFile }));
  await processes.stopAll();
  for (const { ended } of two) assert.equal(ended?.signal, "SIGTERM");
});
