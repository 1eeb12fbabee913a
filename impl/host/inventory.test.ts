import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { type Inventory, inventory, inventoryShape } from "./inventory.ts";
import { TestWorld } from "./test-world.ts";

/** As a reader on the other side of the socket gets it. */
function taken(world: TestWorld): Inventory {
  const sent = JSON.parse(JSON.stringify(inventory(world.host)));
  const read = inventoryShape.parse(sent);
  assert.deepEqual(read, sent, "every field is in the shape");
  const states = read.vfs.map(({ state }) => state);
  const count = (state: string) => states.filter((each) => each === state).length;
  assert.deepEqual(read.pool, {
    size: states.length,
    ...{ free: count("free"), used: count("used"), quarantined: count("quarantined") },
  });
  return read;
}

test("the inventory shows each VF with its owner, and each attachment with its phase", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 3 });
  const netns = await world.pod("pod1");
  await world.add(netns);
  await world.add(await world.pod("pod2"), { containerId: "b" });
  world.agent.becomes({ state: "unavailable", reason: "it is away" });
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);

  const { vfs, attachments, agent, pool } = taken(world);
  assert.deepEqual(pool, { size: 3, free: 1, used: 1, quarantined: 1 });
  assert.deepEqual(
    vfs.map(({ index, state, owner }) => [index, state, owner?.containerId]),
    [
      [0, "quarantined", "a"],
      [1, "used", "b"],
      [2, "free", undefined],
    ],
  );
  assert.match(vfs[0]?.reason ?? "", /DPU is unavailable: it is away/);
  const [first, second] = attachments;
  assert.deepEqual([first?.phase, second?.phase], ["tombstone", "ready"]);
  assert.match(first?.problem ?? "", /it is away/);
  assert.equal(second?.generation, vfs[1]?.generation);
  assert.deepEqual(second?.addresses, ["10.244.1.3/32", "fd00:10:244:1::3/128"]);
  assert.deepEqual(agent, { state: "unavailable", reason: "it is away" });

  world.agent.becomes({ state: "ready", notices: ["a certificate ends soon"] });
  assert.deepEqual(taken(world).agent, { state: "ready", notices: ["a certificate ends soon"] });
  await world.pass();
  assert.deepEqual(taken(world).pool, { size: 3, free: 2, used: 1, quarantined: 0 });
});

test("a VF on its way into a record counts as used, and one that is away as quarantined", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 2 });
  const elsewhere = await world.pod("elsewhere");
  using netns = await world.kernel.open(elsewhere);
  await world.home.linkSet("enp3s0f0v1", { netns });
  await world.pass();
  await world.host.pool.lease(undefined, async () => {
    const { pool, vfs } = taken(world);
    assert.deepEqual(pool, { size: 2, free: 0, used: 1, quarantined: 1 });
    assert.match(vfs[0]?.reason ?? "", /being leased/);
    assert.match(vfs[1]?.reason ?? "", /not in the daemon's network namespace/);
  });
});
