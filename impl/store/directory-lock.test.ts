import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { lockDirectory } from "./directory-lock.ts";

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lock-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "state");
}

test("lockDirectory() refuses a second holder, and lets the next one in when the first is done", async (t) => {
  const directory = await folder(t);
  const first = await lockDirectory(directory);
  await assert.rejects(lockDirectory(directory), {
    message: `Cannot use state directory "${directory}": another process uses it (pid ${process.pid}); stop that one first, or configure another directory`,
  });
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  (await lockDirectory(directory))[Symbol.dispose]();
});

test("lockDirectory() sees the lock of another process, and that kill -9 ends it", async (t) => {
  const directory = await folder(t);
  const module = JSON.stringify(new URL("directory-lock.ts", import.meta.url).href);
  const code = `import(${module}).then(async ({ lockDirectory }) => {
    globalThis.held = await lockDirectory(${JSON.stringify(directory)});
    process.stdout.write("locked");
    setInterval(() => {}, 1000);
  });`;
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout ?? assert.fail(), "data");
  await assert.rejects(lockDirectory(directory), new RegExp(`pid ${child.pid}`));
  child.kill("SIGKILL");
  await once(child, "exit");
  (await lockDirectory(directory))[Symbol.dispose]();
});
