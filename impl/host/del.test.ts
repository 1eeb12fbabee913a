import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { StoreError } from "../store/store.ts";
import { TestWorld } from "./test-world.ts";

interface Attached {
  readonly world: TestWorld;
  readonly netns: string;
  /** before the ADD */
  readonly before: unknown;
}

async function attached(t: TestContext, vfs = 2): Promise<Attached> {
  const world = await TestWorld.open(t, memoryKernel(), { vfs });
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  const { exitCode, stderr } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
  return { world, netns, before };
}

async function deletes(world: TestWorld, options: Parameters<TestWorld["call"]>[1]) {
  const { exitCode, json, stderr } = await world.call("DEL", options);
  assert.equal(exitCode, 0, stderr);
  assert.equal(json, undefined, "DEL prints nothing");
}

test("DEL brings everything back to what it was before the ADD, and can be repeated", async (t) => {
  const { world, netns, before } = await attached(t);
  for (let time = 0; time < 3; time += 1) {
    await deletes(world, { netns });
    assert.deepEqual(await world.snapshot(), before);
  }
});

test("DEL restores every attribute that the pod changed", async (t) => {
  const { world, netns, before } = await attached(t);
  using pod = await world.kernel.open(netns);
  await pod.linkSet("eth0", { up: false });
  await pod.linkSet("eth0", {
    ...{ name: "other", address: "02:00:00:00:99:99", mtu: 1280, promisc: true },
    ...{ allmulticast: true, txQueueLen: 7, altNames: { add: ["surname"] } },
  });
  await deletes(world, { netns });
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL needs no netns, no prevResult and no deviceID", async (t) => {
  const { world, before } = await attached(t);
  await deletes(world, {});
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL finds the VF that the pod stripped of its mark", async (t) => {
  const { world, netns, before } = await attached(t);
  using pod = await world.kernel.open(netns);
  await pod.linkSet("eth0", { alias: "" });
  await deletes(world, { netns });
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL of an attachment that was never added succeeds and touches nothing", async (t) => {
  const { world, netns } = await attached(t);
  const before = await world.snapshot();
  await deletes(world, { containerId: "b", netns });
  await deletes(world, { ifname: "net1", netns });
  await deletes(world, { config: { name: "othernet" }, netns });
  await deletes(world, { containerId: "b", netns: join(world.folder, "absent") });
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL waits for the VF of a namespace that died, and restores it", async (t) => {
  const { world, netns } = await attached(t);
  await world.killPod(netns);
  const deleting = world.call("DEL", { netns });
  await world.comeHome(0);
  const { exitCode, stderr } = await deleting;
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.equal((await world.home.link("enp3s0f0v0"))?.mtu, 1500);
});

test("DEL of a VF that does not come home succeeds with the VF quarantined, and the background frees it", async (t) => {
  const { world, netns } = await attached(t, 1);
  await world.killPod(netns);
  const started = performance.now();
  await deletes(world, { netns });
  assert.ok(performance.now() - started < 5000);
  assert.deepEqual(world.host.pool.counts(), { size: 1, free: 0, used: 0, quarantined: 1 });
  assert.equal(world.agent.ports.size, 0, "the DPU is told all the same");
  await world.pass();
  assert.equal(world.host.pool.counts().quarantined, 1);
  await world.comeHome(0);
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 1, free: 1, used: 0, quarantined: 0 });
  assert.equal((await world.store.load()).records.size, 0);
});

test("DEL with a plain file where the namespace was succeeds", async (t) => {
  const { world, netns } = await attached(t);
  await world.killPod(netns);
  await world.comeHome(0);
  await writeFile(netns, "");
  await deletes(world, { netns });
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
});

test("DEL leaves another pod alone whose namespace is now at the path", async (t) => {
  const { world, netns } = await attached(t, 3);
  const pod2 = await world.pod("pod2");
  const second = await world.add(pod2, { containerId: "b" });
  await world.killPod(netns);
  await world.comeHome(0);
  await deletes(world, { netns: pod2 });
  const config = { prevResult: second.json };
  const checked = await world.call("CHECK", { containerId: "b", netns: pod2, config });
  assert.equal(checked.exitCode, 0, checked.stderr);
  assert.deepEqual(world.host.pool.counts(), { size: 3, free: 2, used: 1, quarantined: 0 });
});

test("a late DEL does not touch the next owner of the VF", async (t) => {
  const { world, netns } = await attached(t, 1);
  await deletes(world, { netns });
  const pod2 = await world.pod("pod2");
  const second = await world.add(pod2, { containerId: "b" });
  assert.equal(second.exitCode, 0, second.stderr);
  await deletes(world, { netns });
  const config = { prevResult: second.json };
  const checked = await world.call("CHECK", { containerId: "b", netns: pod2, config });
  assert.equal(checked.exitCode, 0, checked.stderr);
});

test("DEL while the DPU is away succeeds at once, and the VF is free when the DPU has confirmed", async (t) => {
  const { world, netns, before } = await attached(t);
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  const started = performance.now();
  await deletes(world, { netns });
  assert.ok(performance.now() - started < 1000);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  assert.equal([...(await world.store.load()).records.values()][0]?.phase, "tombstone");
  await deletes(world, { netns });
  await world.pass();
  assert.equal(world.host.pool.counts().quarantined, 1);
  world.agent.becomes({ state: "ready" });
  await world.pass();
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL while the DPU accepts calls and stays silent succeeds within a bound", async (t) => {
  const { world, netns } = await attached(t);
  world.agent.isSilent = true;
  const started = performance.now();
  await deletes(world, { netns });
  assert.ok(performance.now() - started < 4000);
  assert.equal(world.host.pool.counts().quarantined, 1);
});

test("DEL whose record was lost finds the VF by its mark and restores it", async (t) => {
  const { world, netns, before } = await attached(t);
  await world.store.delete("podnet/a/eth0");
  await world.start();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  await deletes(world, { containerId: "b", netns });
  using pod = await world.kernel.open(netns);
  assert.ok(await pod.link("eth0"), "another attachment's DEL leaves it");
  await deletes(world, { netns });
  await world.pass();
  assert.deepEqual(await world.snapshot(), before);
});

test("DEL works on a full disk, and answers 11 when what is left cannot be written down", async (t) => {
  const { world, netns } = await attached(t);
  const full = new StoreError(
    "ENOSPC",
    "Cannot write the record to /state: no space is left (ENOSPC)",
  );
  t.mock.method(world.store, "put", async () => {
    throw full;
  });
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  const { json } = await world.call("DEL", { netns });
  assert.equal(json.code, 11);
  assert.match(json.msg, /no space is left/);
  assert.match(json.details, /Free space in the daemon's state directory/);
  world.agent.becomes({ state: "ready" });
  await deletes(world, { netns });
  assert.equal((await world.store.load()).records.size, 0);
});

test("a VF whose name at home was taken stays quarantined until the name is free", async (t) => {
  const { world, netns } = await attached(t);
  const peer = { name: "squat", netns: world.dpu };
  await world.home.linkAdd({ kind: "veth", name: "enp3s0f0v0", peer });
  await deletes(world, { netns });
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  assert.ok(
    world.log.some(({ reason }) =>
      /its name is "offl0v0", not "enp3s0f0v0": Cannot .*EEXIST/.test(`${reason}`),
    ),
  );
  await world.home.linkDel("enp3s0f0v0");
  await world.syncSysfs();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.ok(await world.home.link("enp3s0f0v0"));
});
