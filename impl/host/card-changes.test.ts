import assert from "node:assert/strict";
import { rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { vfAddress } from "../vf/fake-sysfs.ts";
import { inventory } from "./inventory.ts";
import { TestWorld } from "./test-world.ts";

async function attached(t: TestContext, vfs = 1) {
  const world = await TestWorld.open(t, memoryKernel(), { vfs });
  const netns = await world.pod("pod1");
  const { exitCode, stderr, json } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
  return { world, netns, prevResult: json };
}

test("VFs that are created while the daemon runs are leased, asked for by name at once", async (t) => {
  const { world } = await attached(t);
  await world.sysfs.create(1);
  await world.makeVf(1);
  const config = { runtimeConfig: {}, deviceID: vfAddress(1) };
  const named = await world.add(await world.pod("pod2"), { containerId: "b", config });
  assert.equal(named.exitCode, 0, named.stderr);
  await world.sysfs.create(2);
  await world.makeVf(2);
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 3, free: 1, used: 2, quarantined: 0 });
});

test("a VF that the card destroyed under a pod is reported, and released by its DEL", async (t) => {
  const { world, netns, prevResult } = await attached(t, 2);
  using pod = await world.kernel.open(netns);
  await pod.linkDel("eth0");
  await world.sysfs.destroy(0);
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  const { attachments, vfs } = inventory(world.host);
  assert.match(attachments[0]?.problem ?? "", /the card no longer has its VF/);
  assert.match(vfs[0]?.reason ?? "", /the card has no such VF any more/);
  assert.equal((await world.call("CHECK", { netns, config: { prevResult } })).json.code, 106);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.deepEqual(world.host.pool.counts(), { size: 1, free: 1, used: 0, quarantined: 0 });
  assert.equal(world.agent.ports.size, 0);
});

test("a VF that the card destroyed is forgotten by the next start of the daemon", async (t) => {
  const { world, netns } = await attached(t, 2);
  using pod = await world.kernel.open(netns);
  await pod.linkDel("eth0");
  await world.sysfs.destroy(0);
  await world.start();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 1, free: 1, used: 0, quarantined: 0 });
});

test("a VF that got the address of a leased one is not made to look like that", async (t) => {
  const { world, netns } = await attached(t, 2);
  await world.killPod(netns);
  // Function 1 gets the address of function 0, and that is no more.
  const at = (index: number) => join(world.sysfs.pfFolder, `virtfn${index}`);
  await rm(at(0));
  await rename(at(1), at(0));
  await rm(at(0));
  await symlink(`../${vfAddress(0)}`, at(1));
  await world.sysfs.setNetdev(1, undefined);
  await world.sysfs.setNetdev(0, "enp3s0f0v1");
  await world.start();
  await world.reconcile?.pass();
  const link = await world.home.link("enp3s0f0v1");
  assert.equal(link?.address, "02:00:00:00:00:02");
  const { vfs, attachments, pool } = inventory(world.host);
  assert.deepEqual(attachments, []);
  assert.deepEqual(pool, { size: 1, free: 1, used: 0, quarantined: 0 });
  assert.deepEqual([vfs[0]?.index, vfs[0]?.pciAddress], [1, vfAddress(0)]);
});

test("a card without VFs is no reason not to start: STATUS says it, DEL works, VFs are taken up", async (t) => {
  const { world, netns } = await attached(t, 1);
  using pod = await world.kernel.open(netns);
  await pod.linkDel("eth0");
  await world.sysfs.destroy(0);
  await world.start();
  const { json } = await world.call("STATUS");
  assert.equal(json.code, 50);
  assert.match(json.msg, /the card has no VFs/);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  await world.sysfs.create(0);
  await world.makeVf(0);
  await world.pass();
  assert.equal((await world.call("STATUS")).exitCode, 0);
  assert.equal((await world.add(netns)).exitCode, 0);
});

test("a pod whose namespace died while the daemon runs is reported until its DEL", async (t) => {
  const { world, netns, prevResult } = await attached(t);
  await world.killPod(netns);
  await world.comeHome(0);
  await world.pass();
  const { attachments, vfs } = inventory(world.host);
  assert.equal(vfs[0]?.state, "quarantined");
  assert.match(attachments[0]?.problem ?? "", /its VF came home without a DEL/);
  assert.equal(attachments[0]?.phase, "ready");
  const said = world.log.filter(({ message }) => /lost its network/.test(String(message)));
  await world.pass();
  assert.equal(said.length, 1);
  assert.equal((await world.call("CHECK", { netns, config: { prevResult } })).json.code, 106);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.deepEqual(inventory(world.host).pool, { size: 1, free: 1, used: 0, quarantined: 0 });
});
