import assert from "node:assert/strict";
import { test } from "node:test";
import { linuxKernel } from "../netlink/linux.ts";
import { TestWorld } from "./test-world.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

test("a pod's life over the real kernel leaves everything as it was", { skip }, async (t) => {
  const world = await TestWorld.open(t, linuxKernel(), { vfs: 3 });
  const pods = [await world.pod("pod1"), await world.pod("pod2")];
  const before = await world.snapshot();
  await Promise.all(
    pods.map(async (netns, i) => {
      const containerId = `c${i}`;
      const added = await world.add(netns, { containerId });
      assert.equal(added.exitCode, 0, added.stderr);
      const config = { prevResult: added.json };
      const checked = await world.call("CHECK", { containerId, netns, config });
      assert.equal(checked.exitCode, 0, checked.stderr);
    }),
  );
  assert.deepEqual(world.host.pool.counts(), { size: 3, free: 1, used: 2, quarantined: 0 });
  for (const [i, netns] of pods.entries()) {
    assert.equal((await world.call("DEL", { containerId: `c${i}`, netns })).exitCode, 0);
  }
  assert.deepEqual(await world.snapshot(), before);
});

test("an ADD that fails after any of its steps is undone by the real kernel too", {
  skip,
}, async (t) => {
  const world = await TestWorld.open(t, linuxKernel());
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  for (let at = 1; ; at += 1) {
    Object.assign(world.fault, { at, when: "after" });
    world.fault.effects.length = 0;
    const { exitCode } = await world.add(netns);
    world.fault.at = undefined;
    if (exitCode === 0) assert.equal((await world.call("DEL", { netns })).exitCode, 0);
    assert.deepEqual(await world.snapshot(), before, `step ${at}`);
    if (at > world.fault.effects.length) break;
  }
});

test("the real kernel's pod keeps its addresses and routes when it also has another interface", {
  skip,
}, async (t) => {
  const world = await TestWorld.open(t, linuxKernel());
  const netns = await world.pod("pod1");
  const first = await world.add(netns);
  const second = await world.add(netns, { ifname: "net1" });
  assert.equal(second.exitCode, 0, second.stderr);
  assert.equal((await world.call("DEL", { netns, ifname: "net1" })).exitCode, 0);
  const checked = await world.call("CHECK", { netns, config: { prevResult: first.json } });
  assert.equal(checked.exitCode, 0, checked.stderr);
});

test("a VF comes home when its namespace dies before the DEL", { skip }, async (t) => {
  const world = await TestWorld.open(t, linuxKernel(), { vfs: 1 });
  const netns = await world.pod("pod1");
  await world.add(netns);
  await world.killPod(netns);
  const deleting = world.call("DEL", { netns });
  await world.comeHome(0);
  assert.equal((await deleting).exitCode, 0);
  assert.deepEqual(world.host.pool.counts(), { size: 1, free: 1, used: 0, quarantined: 0 });
});
