/** What clean removes after a kill -9, and what it spares. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanWorlds } from "./clean.ts";
import { findWorlds, stopWorld } from "./held-worlds.ts";
import { LineQueue } from "./line-queue.ts";
import { addNamespaces, listNamespaces } from "./namespaces.ts";
import { identityOf, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { mustRun } from "./run-command.ts";
import { mountsBelow } from "./world-directory.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

interface Holder {
  readonly process: ChildProcess;
  readonly id: string;
  readonly daemon: ProcessIdentity;
}

/** Another process with a world in which a daemon runs. */
async function startHolder(): Promise<Holder> {
  const script = fileURLToPath(new URL("world-holder.fixture.ts", import.meta.url));
  const holder = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = new LineQueue();
  holder.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  holder.stdout.on("end", () => said.end());
  const { value = "" } = await said.lines().next();
  const [id = "", pid = ""] = String(value).split(" ");
  const daemon = identityOf(Number(pid));
  assert.ok(daemon, `the holder said ${JSON.stringify(value)}`);
  return { process: holder, id, daemon };
}

function traces(id: string): readonly string[] {
  const names = [...listNamespaces(), ...readdirSync("/run/dnc"), ...mountsBelow("/run/dnc")];
  return names.filter((name) => name.includes(id));
}

async function kill(holder: Holder): Promise<void> {
  holder.process.kill("SIGKILL");
  await once(holder.process, "exit");
}

test("clean() removes a dead run's world, spares a live one, and does so once", {
  skip,
}, async () => {
  const dead = await startHolder();
  const live = await startHolder();
  // In no namespace of the world's and of no run: clean must not touch it.
  const stranger = spawn("sleep", ["60"]);
  await kill(dead);
  assert.equal(isAlive(dead.daemon), true);

  const lines: string[] = [];
  const { removed } = await cleanWorlds((line) => lines.push(line));
  assert.equal(isAlive(dead.daemon), false);
  assert.deepEqual(traces(dead.id), []);
  assert.ok(removed.includes(`world ${dead.id}`));
  assert.ok(removed.includes(`namespace ${dead.id}-node1-host`));
  assert.ok(removed.includes(`process ${dead.daemon.pid} (daemon) of ${dead.id}`));
  const spared = `${live.id} is in use by process ${live.process.pid}: left alone`;
  assert.ok(lines.includes(spared), lines.join("\n"));
  assert.equal(isAlive(live.daemon), true);
  assert.equal(stranger.exitCode ?? stranger.signalCode, null);
  assert.equal(traces(live.id).length > 0, true);

  const again = await cleanWorlds(() => {});
  assert.deepEqual(
    again.removed.filter((line) => line.includes(dead.id)),
    [],
  );
  stranger.kill();
  await stopWorld(live.id);
});

test("clean() finds a world by its namespaces and folder when its record is lost", {
  skip,
}, async () => {
  const dead = await startHolder();
  await kill(dead);
  await mustRun(["rm", `/run/dnc/${dead.id}.json`]);
  const { removed } = await cleanWorlds(() => {});
  assert.ok(removed.includes(`world ${dead.id}`));
  assert.deepEqual(traces(dead.id), []);
  assert.equal(isAlive(dead.daemon), false);
});

test("clean() takes a torn record for a dead world's", { skip }, async () => {
  await mustRun(["mkdir", "-p", "/run/dnc"]);
  writeFileSync("/run/dnc/dnc-0bad.json", '{"id": "dnc-0b');
  await addNamespaces(["dnc-0bad-fabric"]);
  await cleanWorlds(() => {});
  assert.deepEqual(traces("dnc-0bad"), []);
});

test("clean() leaves namespaces of other people alone", { skip }, async () => {
  await addNamespaces(["dnc-other", "web"]);
  await cleanWorlds(() => {});
  assert.equal(existsSync("/run/netns/web") && existsSync("/run/netns/dnc-other"), true);
  await mustRun(["ip", "netns", "del", "web"]);
  await mustRun(["ip", "netns", "del", "dnc-other"]);
});

test("stopWorld() ends a held world in order", { skip }, async () => {
  const holder = await startHolder();
  const ended = once(holder.process, "exit");
  assert.equal(findWorlds().find(({ id }) => id === holder.id)?.alive, true);
  await stopWorld(holder.id);
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(traces(holder.id), []);
  await assert.rejects(stopWorld(holder.id), /there is no such world/);
});
