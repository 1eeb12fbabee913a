/** VFs that the host's udev renames, or gives another MAC, whenever it comes to it: before an ADD, during one, after a DEL. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { TestWorld } from "./test-world.ts";

const [known, others] = ["enp3s0f0v0", "udev0"];

async function opened(t: TestContext) {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 1 });
  const netns = await world.pod("pod1");
  /** once, as soon as the VF is at home under `from`; true when it was */
  const renameAtStep = (step: number, from: string, to: string) => {
    let isDone = false;
    world.fault.effects.length = 0;
    world.fault.meddle = async () => {
      if (isDone || world.fault.effects.length < step) return;
      isDone = true;
      isDone = await world.home.linkSet(from, { name: to }).then(
        () => true,
        () => false,
      );
    };
    return () => {
      world.fault.meddle = undefined;
      return isDone;
    };
  };
  const names = async () => (await world.home.links()).map(({ name }) => name);
  return { world, netns, renameAtStep, names };
}

test("a VF that was renamed and given another MAC while free is leased as it is now", async (t) => {
  const { world, netns, names } = await opened(t);
  await world.home.linkSet(known, { name: others, address: "02:00:00:00:00:77" });
  await world.syncSysfs();
  const { exitCode, json, stderr } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.interfaces[0].mac, "02:00:00:00:00:77");
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.ok((await names()).includes(others));
});

for (let step = 1; step <= 6; step += 1) {
  test(`an ADD goes on when its VF is renamed before its step ${step}, and its name comes back`, async (t) => {
    const { world, netns, renameAtStep, names } = await opened(t);
    const before = await world.snapshot();
    const ended = renameAtStep(step, known, others);
    const { exitCode, stderr } = await world.add(netns);
    // From the move on it is not at home to be renamed.
    assert.equal(ended(), step <= 3, world.fault.effects.join(" "));
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      (await names()).filter((name) => name !== "lo"),
      [],
    );
    assert.equal((await world.call("DEL", { netns })).exitCode, 0);
    assert.deepEqual(await world.snapshot(), before);
  });

  test(`a DEL whose VF is renamed before its step ${step} ends, at the latest in the background`, async (t) => {
    const { world, netns, renameAtStep } = await opened(t);
    const before = await world.snapshot();
    assert.equal((await world.add(netns)).exitCode, 0);
    const ended = renameAtStep(step, known, others);
    assert.equal((await world.call("DEL", { netns })).exitCode, 0);
    const wasRenamed = ended();
    const steps = world.fault.effects.join(" ");
    for (let i = 0; i < 3; i += 1) await world.pass();
    const isLate = (await world.home.link(others)) !== undefined;
    // Once the VF is free its name is the host's again.
    if (isLate) await world.home.linkSet(others, { name: known });
    assert.deepEqual(await world.snapshot(), before, steps);
    assert.ok(wasRenamed || step > 3, steps);
    assert.ok(!isLate || step > 2, steps);
  });
}

test("of two VFs whose names were swapped while one was in a pod, each is itself afterwards", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  assert.equal((await world.add(netns)).exitCode, 0);
  // The other one has the name of the first now.
  await world.home.linkSet("enp3s0f0v1", { name: known });
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  await world.home.linkSet(known, { name: "enp3s0f0v1" });
  await world.syncSysfs();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.equal((await world.home.link(known))?.address, "02:00:00:00:00:01");
});
