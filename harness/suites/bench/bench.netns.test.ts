/** The bench over the real offload, with few rounds and small crowds: every figure has its parts, nothing is left over. */
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import type { Check } from "../../core/check.ts";
import { makeContext } from "../../core/check-context.ts";
import { leftOver, restingSnapshot } from "../../core/leak-oracle.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import { offloadInstaller } from "../../install/offload.ts";
import { addDel } from "./checks/add-del.ts";
import { growth } from "./checks/growth.ts";
import { hostCpuOfAddDel } from "./checks/host-cpu.ts";
import { parallelAdd } from "./checks/parallel-add.ts";
import { openStand, type Stand } from "./stand.ts";

const shim = new URL("../../../impl/shim/offload-cni", import.meta.url);
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

let world: World | undefined;
let stand: Stand | undefined;
let atFirst: Snapshot | undefined;

before(async () => {
  if (skip) return;
  const context = { signal: AbortSignal.timeout(300_000), progress: () => {} };
  world = await netnsBackend().up({ nodes: 4, vfs: 2 }, context);
  atFirst = await restingSnapshot(world);
  stand = await openStand(
    { ...context, world, seed: 1 },
    { installers: [offloadInstaller], runs: 3 },
  );
});

after(async () => {
  await world?.[Symbol.asyncDispose]();
});

async function figuresOf(check: Check<Stand>) {
  assert.ok(stand);
  const notes = makeContext({ signal: AbortSignal.timeout(300_000), seed: 1 });
  try {
    await check.run(stand, notes.context);
  } catch (error) {
    if (error instanceof OutcomeSignal) assert.fail(error.message);
    throw error;
  } finally {
    await notes.cleanUp();
  }
  const { figures, absent } = notes;
  for (const { name, value, low = value, high = value, n } of figures) {
    assert.ok(value > 0 && low <= high && n > 0, `${name}: ${value} (${low} … ${high}), n ${n}`);
  }
  return {
    names: figures.map(({ name }) => name),
    absent: new Map(absent.map(({ name, reason }) => [name, reason])),
  };
}

test("verbs are timed beside the limits, and a ratio without its other side is absent", {
  skip,
}, async () => {
  const { names, absent } = await figuresOf(addDel);
  for (const name of ["add.offload.p50", "status.offload.p50", "del.move.p50", "add.exec.p50"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(names.includes("add.p50.above-floor"));
  assert.equal(absent.get("ratio.add.p50"), "bridge was not asked for");
});

test("CPU is told by who used it", { skip }, async () => {
  const { names } = await figuresOf(hostCpuOfAddDel);
  for (const who of ["plugin", "daemon", "dpu", "host"]) {
    assert.ok(names.includes(`cpu.add-del.offload.${who}`), who);
  }
  assert.ok(!names.includes("cpu.add-del.exec.daemon"));
});

test("ADDs of one moment have a rate", { skip }, async () => {
  const four = parallelAdd.find(({ id }) => id === "parallel-4");
  assert.ok(four);
  const { names } = await figuresOf(four);
  assert.ok(names.includes("add.parallel-4.offload.rate"));
});

test("a crowd grows, the daemon restarts in it, and everything goes away again", {
  skip,
}, async () => {
  const sizes = { few: 3, memoryAt: 2, restartAt: 3, many: 6 };
  const { names } = await figuresOf(growth(sizes));
  for (const name of [
    "memory.cni-offload-host.resident.pods-2",
    "restart.daemon.pods-3",
    "add.vfs-6.offload.p50",
    "ratio.add.vfs-6-to-3",
  ]) {
    assert.ok(names.includes(name), name);
  }
  await stand?.[Symbol.asyncDispose]();
  assert.ok(world && atFirst);
  assert.deepEqual((await leftOver(world, atFirst)).leaked, []);
});
