import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import type { Attachment } from "./attachment.ts";
import { TestWorld } from "./test-world.ts";

/** Steps of an undisturbed ADD. */
async function effectsOfAdd(t: TestContext): Promise<readonly string[]> {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  world.fault.effects.length = 0;
  world.fault.at = 0;
  assert.equal((await world.add(netns)).exitCode, 0);
  return [...world.fault.effects];
}

for (const when of ["before", "after"] as const) {
  test(`an ADD that fails ${when} any of its steps leaves everything as it was`, async (t) => {
    const effects = await effectsOfAdd(t);
    assert.ok(effects.length >= 12, effects.join(" "));
    const world = await TestWorld.open(t, memoryKernel());
    const netns = await world.pod("pod1");
    const before = await world.snapshot();
    for (const [i, name] of effects.entries()) {
      world.fault.effects.length = 0;
      world.fault.at = i + 1;
      world.fault.when = when;
      const { exitCode, json } = await world.add(netns);
      world.fault.at = undefined;
      const step = `step ${i + 1} (${name})`;
      if (name === "sendFrame") assert.equal(exitCode, 0, `${step} is not worth failing`);
      else assert.match(json.msg, /injected/, step);
      if (exitCode === 0) assert.equal((await world.call("DEL", { netns })).exitCode, 0);
      await world.pass();
      assert.deepEqual(await world.snapshot(), before, step);
    }
  });
}

test("an ADD whose undo fails as well is finished by the background", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  const { agent } = world;
  const addPort = agent.addPort.bind(agent);
  t.mock.method(agent, "addPort", async (...args: Parameters<typeof addPort>) => {
    await addPort(...args);
    agent.isUnreachable = true;
    throw new Error("the answer was lost");
  });
  const { json } = await world.add(netns);
  assert.match(json.msg, /the answer was lost/);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  assert.equal(agent.ports.size, 1);
  agent.isUnreachable = false;
  await world.pass();
  assert.deepEqual(await world.snapshot(), before);
});

for (const phase of ["adding", "deleting", "tombstone"] as const) {
  test(`a daemon that died in phase ${phase} finishes the release after its restart`, async (t) => {
    const world = await TestWorld.open(t, memoryKernel());
    const netns = await world.pod("pod1");
    const before = await world.snapshot();
    await dieIn(world, { phase, netns });
    await world.start();
    assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
    await world.pass();
    assert.deepEqual(await world.snapshot(), before);
  });
}

test("a daemon that died when attachments were ready keeps them", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const { json } = await world.add(netns);
  const before = await world.snapshot();
  await world.start();
  await world.pass();
  assert.deepEqual(await world.snapshot(), before);
  const checked = await world.call("CHECK", { netns, config: { prevResult: json } });
  assert.equal(checked.exitCode, 0, checked.stderr);
});

test("a ready attachment whose VF came home while the daemon was down is released", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  await world.add(netns);
  await world.killPod(netns);
  await world.comeHome(0);
  await world.start();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.equal(world.agent.ports.size, 0);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
});

/** Leaves the disk and the kernel as a kill -9 in this phase would. */
async function dieIn(
  world: TestWorld,
  at: { readonly phase: Attachment["phase"]; readonly netns: string },
): Promise<void> {
  if (at.phase === "adding") {
    // Killed before the commit: the VF is in the pod, the port on the DPU, the record says adding.
    await world.add(at.netns);
    const [record] = (await world.store.load()).records.values();
    assert.ok(record);
    const { port: _, ...uncommitted } = record;
    await world.store.put("podnet/a/eth0", { ...uncommitted, phase: "adding" });
    return;
  }
  await world.add(at.netns);
  if (at.phase === "tombstone") {
    world.agent.isUnreachable = true;
    assert.equal((await world.call("DEL", { netns: at.netns })).exitCode, 0);
    world.agent.isUnreachable = false;
    return;
  }
  // Killed when the DEL had been written down and nothing else been done.
  const [record] = (await world.store.load()).records.values();
  assert.ok(record);
  await world.store.put("podnet/a/eth0", { ...record, phase: "deleting" });
}
