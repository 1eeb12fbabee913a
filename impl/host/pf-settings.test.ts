/** What only the PF can set for a VF is as before once the VF is free again: MAC, VLAN, rate, spoof check, link state, trust. */
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { VfChange } from "../netlink/kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { sysfsPf } from "../vf/fake-sysfs.ts";
import { inventory } from "./inventory.ts";
import { TestWorld } from "./test-world.ts";

const pf = "enp3s0f0";

/** A node whose PF has a netdev, and one pod attached. */
async function attached(t: TestContext) {
  const kernel = memoryKernel();
  const world = await TestWorld.open(t, kernel);
  kernel.deviceAdd({ name: pf, parentDevice: sysfsPf, vfs: 2 });
  using own = await kernel.open();
  await own.linkSet(pf, { netns: world.home });
  await mkdir(join(world.sysfs.pfFolder, "net", pf), { recursive: true });
  // As an administrator has it before the daemon starts.
  await world.home.vfSet(pf, 0, { vlan: { id: 7, qos: 0, protocol: "802.1q" } });
  await world.start();
  const netns = await world.pod("pod1");
  assert.equal((await world.add(netns)).exitCode, 0);
  return { world, netns };
}

const changes: readonly VfChange[] = [
  { address: "02:00:00:00:00:99" },
  { vlan: { id: 9, qos: 1, protocol: "802.1ad" } },
  { rate: { min: 10, max: 100 } },
  { spoofCheck: false },
  { linkState: "disable" },
  { trust: true },
];

for (const change of changes) {
  const [key = ""] = Object.keys(change);
  test(`a DEL gives back the ${key} that the PF had set for the VF`, async (t) => {
    const { world, netns } = await attached(t);
    const [before, other] = await world.home.vfs(pf);
    await world.home.vfSet(pf, 0, change);
    await world.host.pool.sweep();
    assert.equal((await world.call("DEL", { netns })).exitCode, 0);
    assert.deepEqual(await world.home.vfs(pf), [before, other]);
    assert.equal(world.host.pool.counts().free, 2);

    // The next lease knows it as pristine, too, before the pool has looked again.
    const config = { deviceID: "0000:03:00.1" };
    assert.equal((await world.add(netns, { config })).exitCode, 0);
    const [record] = world.host.attachments.all();
    assert.deepEqual({ index: 0, ...record?.vf.pristine.pf }, before);
  });
}

test("what an administrator sets while the VF is free is what it is given back", async (t) => {
  const { world, netns } = await attached(t);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  await world.home.vfSet(pf, 0, { trust: true });
  await world.host.pool.sweep();
  const config = { deviceID: "0000:03:00.1" };
  assert.equal((await world.add(netns, { config })).exitCode, 0);
  await world.home.vfSet(pf, 0, { trust: false });
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.equal((await world.home.vfs(pf))[0]?.trust, true);
});

test("a VF whose PF does not take its setting back is quarantined until it does", async (t) => {
  const { world, netns } = await attached(t);
  await world.home.vfSet(pf, 0, { trust: true, rate: { min: 0, max: 5 } });
  const { vfSet } = world.home;
  const refused = t.mock.method(world.home, "vfSet", async (...args: Parameters<typeof vfSet>) => {
    if (args[2].trust !== undefined) throw new NetlinkError("EPERM", "ip link set", "not now");
    await vfSet.apply(world.home, args);
  });
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  const [vf] = inventory(world.host).vfs;
  assert.equal(vf?.state, "quarantined");
  assert.match(vf?.reason ?? "", /its PF has its trust at true, not false: .*not now/);
  // One refusal did not keep the rest.
  assert.deepEqual((await world.home.vfs(pf))[0]?.rate, { min: 0, max: 0 });
  refused.mock.restore();
  await world.pass();
  assert.equal(world.host.pool.counts().free, 2);
});

test("a VF whose PF has left is quarantined until somebody can tell what it has set", async (t) => {
  const { world, netns } = await attached(t);
  await rm(join(world.sysfs.pfFolder, "net"), { recursive: true });
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.match(inventory(world.host).vfs[0]?.reason ?? "", /its PF 0000:03:00.0 does not say/);
  await mkdir(join(world.sysfs.pfFolder, "net", pf), { recursive: true });
  await world.pass();
  assert.equal(world.host.pool.counts().free, 2);
});
