import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { Reconcile } from "./reconcile.ts";
import { TestWorld } from "./test-world.ts";

const tombstones = 500;

/** A node that was cut off from its DPU while 500 pods were deleted. */
async function world500(t: TestContext) {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 1 });
  const netns = await world.pod("pod1");
  assert.equal((await world.add(netns)).exitCode, 0);
  const [record] = world.host.attachments.all();
  assert.ok(record);
  for (let n = 0; n < tombstones; n += 1) {
    const vf = { ...record.vf, pciAddress: `0000:ff:${n}`, index: n + 10 };
    const key = { ...record.key, containerId: `dead${n}` };
    await world.host.attachments.put({ ...record, key, vf, phase: "tombstone" });
  }
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  return { world, netns };
}

/** Deletes are accepted and not answered, until the returned function is called. */
function hold(t: TestContext, world: TestWorld): () => void {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const deletePort = world.agent.deletePort.bind(world.agent);
  t.mock.method(world.agent, "deletePort", async (...args: Parameters<typeof deletePort>) => {
    const done = deletePort(...args);
    await gate;
    return done;
  });
  return open;
}

const deleted = (calls: readonly string[]) =>
  calls.filter((call) => call.startsWith("deletePort podnet/dead")).length;

test("500 releases that wait for the DPU do not keep an ADD waiting", async (t) => {
  const { world, netns } = await world500(t);
  const open = hold(t, world);
  const pass = world.reconcile?.pass();
  const added = await world.add(netns, { containerId: "new" });
  assert.equal(added.exitCode, 0, added.stderr);
  const before = deleted(world.agent.calls);
  assert.ok(before > 0 && before <= 16, `${before} releases went before the ADD`);
  open();
  await pass;
  assert.equal(deleted(world.agent.calls), tombstones);
});

test("500 DELs of a runtime do not keep an ADD waiting", async (t) => {
  const { world, netns } = await world500(t);
  const open = hold(t, world);
  const dels = Array.from({ length: tombstones }, (_, n) =>
    world.call("DEL", { containerId: `dead${n}` }),
  );
  const added = await world.add(netns, { containerId: "new" });
  assert.equal(added.exitCode, 0, added.stderr);
  const before = deleted(world.agent.calls);
  assert.ok(before > 0 && before <= 32, `${before} DELs went before the ADD`);
  open();
  for (const { exitCode } of await Promise.all(dels)) assert.equal(exitCode, 0);
});

test("a release is tried again ever more seldom, and at once when the DPU is back", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  await world.add(netns);
  world.agent.isUnreachable = true;
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  let nowMs = 1_000_000;
  const clock = { now: () => nowMs, sleep: async () => {} };
  const host = { ...world.host, home: { ...world.host.home, clock } };
  const reconcile = new Reconcile(host);
  const tries = () => world.agent.calls.filter((call) => call.startsWith("deletePort")).length;
  const begun = tries();
  const at: number[] = [];
  for (; at.length < 10; nowMs += 50) {
    const before = tries();
    await reconcile.pass();
    if (tries() > before) at.push(nowMs);
  }
  const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
  // Each between half and all of 250, 500, … 15,000 ms, by steps of 50.
  assert.ok((gaps[0] ?? 0) <= 300, gaps.join());
  assert.ok(
    gaps.every((gap, i) => gap >= Math.min(15_000, 250 * 2 ** i) / 2),
    gaps.join(),
  );
  assert.ok(
    gaps.every((gap) => gap <= 15_050),
    gaps.join(),
  );
  assert.equal(tries() - begun, at.length);
  world.agent.isUnreachable = false;
  reconcile.connected({ newestGeneration: 0 });
  await reconcile.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
});

test("an ADD waits until the ports of a DPU that came back were compared", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  await world.add(await world.pod("pod1"));
  const reconcile = new Reconcile(world.host);
  const netns = await world.pod("pod2");
  world.havePortsBeenSeen = false;
  const early = await world.add(netns, { containerId: "b" });
  assert.equal(early.json.code, 11);
  assert.match(early.json.msg, /ports are being compared/);
  // The DPU lost everything: the first pod's addresses would be the next to be given.
  world.agent.ports.clear();
  const late = world.add(netns, { containerId: "b" });
  assert.equal(reconcile.havePortsBeenSeen, false);
  await reconcile.pass();
  world.havePortsBeenSeen = reconcile.havePortsBeenSeen;
  const { exitCode, json, stderr } = await late;
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.ips[0].address, "10.244.1.3/32");
  world.agent.isUnreachable = true;
  reconcile.connected({ newestGeneration: 0 });
  await reconcile.pass();
  assert.equal(reconcile.havePortsBeenSeen, false);
});
