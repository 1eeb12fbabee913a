/** An ordinary user's command: inside a user namespace it does what root's does, and ends as root's would. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sleep } from "../../impl/base/time.ts";
import { LineQueue } from "./line-queue.ts";
import { processStat } from "./process-identity.ts";
import { toolPath } from "./tool-path.ts";

/** A user of this run's own: its processes and its list of worlds are nobody else's, whatever runs beside. */
const uid = randomInt(20_000, 60_000);
const registry = `/tmp/dnc-${uid}`;
const fixture = fileURLToPath(new URL("inside.fixture.ts", import.meta.url));
const asUser = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--"];
const environment = { PATH: toolPath(), HOME: "/tmp", TMPDIR: "/tmp" };

const skip = whyNot();

function whyNot(): string | false {
  if (!process.env["DNC_SCRATCH_NETNS"]) {
    return "needs namespaces of its own: run it through npm test";
  }
  const read = spawnSync("setpriv", [...asUser.slice(1), "test", "-r", fixture]);
  if (read.status !== 0) return "needs to become a user who can read this folder";
  const enter = ["unshare", "--user", "--map-root-user", "true"];
  const unshared = spawnSync("setpriv", [...asUser.slice(1), ...enter]);
  return unshared.status === 0 ? false : "unprivileged user namespaces are forbidden here";
}

after(() => {
  try {
    rmdirSync(registry);
  } catch {
    // never made, or not empty
  }
});

interface Run {
  readonly process: ChildProcess;
  readonly lines: AsyncGenerator<string, void, undefined>;
  readonly exited: Promise<unknown[]>;
}

function start(what: string): Run {
  const [file = "", ...rest] = asUser;
  const command = [...rest, process.execPath, "--import", "tsx", fixture, what];
  const child = spawn(file, command, { stdio: ["ignore", "pipe", "inherit"], env: environment });
  const said = new LineQueue();
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stdout.on("end", () => said.end());
  return { process: child, lines: said.lines(), exited: once(child, "exit") };
}

/** Processes of the user that still run, inside a user namespace or not. */
function running(): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && isOurs(pid));
}

function isOurs(pid: number): boolean {
  const state = processStat(pid)?.state;
  if (state === undefined || state === "Z") return false;
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8").includes(`\nUid:\t${uid}\t`);
  } catch {
    return false; // it ended
  }
}

async function nobodyRuns(): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (running().length > 0 && Date.now() < endMs) await sleep(20);
  assert.deepEqual(running(), []);
}

test("a command runs inside as root and gives its exit code", { skip }, async () => {
  const run = start("once");
  assert.match(String((await run.lines.next()).value), /^dnc-[0-9a-f]{4} 0$/);
  assert.deepEqual(await run.exited, [7, null]);
  assert.deepEqual(readdirSync(registry), []);
});

test("a signal reaches the inside once, and the world goes in order", { skip }, async () => {
  const run = start("wait");
  await run.lines.next();
  assert.equal(readdirSync(registry).length, 1);
  run.process.kill("SIGINT");
  assert.equal((await run.lines.next()).value, "SIGINT");
  assert.deepEqual(await run.exited, [7, null]);
  assert.deepEqual(readdirSync(registry), []);
  await nobodyRuns();
});

test("the inside ends in order when the outside is killed", { skip }, async () => {
  const run = start("wait");
  await run.lines.next();
  run.process.kill("SIGKILL");
  await run.exited;
  await nobodyRuns();
  assert.deepEqual(readdirSync(registry), []);
});
