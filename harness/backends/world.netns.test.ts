/** Worlds on a real kernel: quick to come up, and nothing stays when they go. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { World } from "../core/backend.ts";
import { type Snapshot, snapshotDifference } from "../core/snapshot.ts";
import { removeWorld } from "./clean.ts";
import { listNamespaces } from "./namespaces.ts";
import { netnsBackend } from "./netns.ts";
import { identityOf, isAlive } from "./process-identity.ts";
import { findWorld } from "./registry.ts";
import { mustRun } from "./run-command.ts";
import { machineLines } from "./snapshot-network.ts";
import { mountsBelow } from "./world-directory.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

const backend = netnsBackend();
const options = { signal: new AbortController().signal, progress: () => {} };

/** Everything on the machine that bears the world's name. */
function traces(id: string): readonly string[] {
  const registry = existsSync("/run/dnc") ? readdirSync("/run/dnc") : [];
  return [...listNamespaces(), ...registry, ...mountsBelow("/run/dnc")].filter((name) =>
    name.includes(id),
  );
}

async function ping(world: World, address: string): Promise<void> {
  const [first] = world.nodes;
  // A minimal machine has no ping; a refused connection says as much.
  const connect = `require("node:net").connect(9, "${address}")`;
  const script = `${connect}.on("error", ({ code }) => process.stdout.write(code))`;
  const said = await first?.dpu.exec([process.execPath, "-e", script], { timeoutMs: 5_000 });
  assert.equal(said?.stdout, "ECONNREFUSED");
}

test("a world comes up in a second and leaves the machine as it was", { skip }, async () => {
  const before = await machineLines();
  const start = performance.now();
  const world = await backend.up({ nodes: 2, vfs: 8 }, options);
  const tookMs = performance.now() - start;
  assert.ok(tookMs < 2_000, `it took ${tookMs} ms`);
  assert.deepEqual(
    world.nodes.map(({ name, card }) => [name, card.vfs.length]),
    [
      ["node1", 8],
      ["node2", 8],
    ],
  );
  await ping(world, "198.51.100.2");
  await ping(world, "2001:db8:fab::2");
  const daemon = world.nodes[0]?.host.spawn(["sleep", "60"], { name: "daemon" });
  const orphan = await world.nodes[1]?.dpu.exec(["sh", "-c", "setsid sleep 60 >&- 2>&- & echo $!"]);
  const left = identityOf(Number(orphan?.stdout));
  assert.ok(left);
  await world.nodes[0]?.createPod("forgotten");
  await world[Symbol.asyncDispose]();
  assert.equal(daemon?.ended?.signal, "SIGTERM");
  assert.equal(isAlive(left), false);
  assert.equal(existsSync(world.directory), false);
  assert.deepEqual(traces(world.id), []);
  assert.deepEqual(await machineLines(), before);
});

test("an aborted up() leaves nothing, whenever it is aborted", { skip }, async () => {
  for (const delayMs of [0, 5, 20, 40]) {
    const stop = new AbortController();
    const reason = new Error("enough");
    let id = "";
    const up = backend.up(
      { nodes: 2, vfs: 8 },
      {
        signal: stop.signal,
        progress: (line) => {
          id ||= /dnc-[0-9a-f]{4}/.exec(line)?.[0] ?? "";
          setTimeout(() => stop.abort(reason), delayMs);
        },
      },
    );
    const world = await up.catch((error: unknown) => assert.equal(error, reason));
    await world?.[Symbol.asyncDispose](); // it was quicker
    assert.match(id, /^dnc-/);
    assert.deepEqual(traces(id), []);
  }
});

test("up() refuses a world that cannot be", { skip }, async () => {
  await assert.rejects(backend.up({ nodes: 0, vfs: 1 }, options), /Cannot bring up "0" nodes/);
  await assert.rejects(backend.up({ nodes: 1, vfs: 2_000 }, options), /it must be 0 to 1023/);
});

test("the card keeps node and DPU apart but for its links", { skip }, async () => {
  await using world = await backend.up({ nodes: 1, vfs: 2, mtu: 9000 }, options);
  const names = async (place: { exec: World["nodes"][0]["host"]["exec"] } | undefined) => {
    const { stdout = "" } = (await place?.exec(["ip", "-j", "link", "show"])) ?? {};
    const links = JSON.parse(stdout) as { readonly ifname: string; readonly mtu: number }[];
    return links.map(({ ifname, mtu }) => `${ifname} ${mtu}`).sort();
  };
  const [node] = world.nodes;
  assert.deepEqual(await names(node?.host), [
    "enp3s0f0 9000",
    "enp3s0f0v0 9000",
    "enp3s0f0v1 9000",
    "lo 65536",
    "mgmt0 1500",
  ]);
  assert.deepEqual(await names(node?.dpu), [
    "lo 65536",
    "mgmt0 1500",
    "rep0pf 9000",
    "rep0v0 9000",
    "rep0v1 9000",
    "uplink0 9000",
  ]);
});

test("a world in a work directory of the user's is a plain folder there", { skip }, async () => {
  const workDirectory = mkdtempSync(join(tmpdir(), "work-"));
  const world = await netnsBackend({ workDirectory }).up({ nodes: 1, vfs: 1 }, options);
  assert.equal(world.directory, join(workDirectory, world.id));
  assert.deepEqual(mountsBelow(workDirectory), []);
  await world[Symbol.asyncDispose]();
  rmdirSync(workDirectory);
});

test("programs can be run from a node's CNI folder, which is empty at first", {
  skip,
}, async () => {
  await using world = await backend.up({ nodes: 1, vfs: 0 }, options);
  const [node] = world.nodes;
  assert.ok(node);
  assert.deepEqual(readdirSync(node.paths.cniBin), []);
  await mustRun(["cp", "/bin/true", node.paths.cniBin]);
  const { exitCode } = await node.host.exec([join(node.paths.cniBin, "true")]);
  assert.equal(exitCode, 0);
});

/** spawn() does not wait until the process is what it will be. */
async function settled(world: World, line: string): Promise<Snapshot> {
  const endMs = Date.now() + 10_000;
  for (;;) {
    const snapshot = await world.snapshot();
    const isThere = [...snapshot.values()].some((lines) => lines.includes(line));
    if (isThere || Date.now() > endMs) return snapshot;
  }
}

test("a retained world stays as it is until it is removed", { skip }, async () => {
  const world = await backend.up({ nodes: 1, vfs: 1 }, options);
  const advice = world.retain();
  assert.match(advice.join("\n"), new RegExp(`dnc down ${world.id}`));
  const daemon = world.nodes[0]?.host.spawn(["sleep", "60"], { name: "daemon" });
  const before = await settled(world, "process sleep 60");
  await world[Symbol.asyncDispose]();
  assert.deepEqual(snapshotDifference(before, await world.snapshot()), []);
  const record = findWorld(world.id);
  assert.equal(record?.state, "retained");
  const removed = await removeWorld(world.id, record);
  assert.equal(removed.includes(`process ${daemon?.pid} (daemon) of ${world.id}`), true);
  assert.deepEqual(await daemon?.exited, { signal: "SIGKILL" });
  assert.deepEqual(traces(world.id), []);
});
