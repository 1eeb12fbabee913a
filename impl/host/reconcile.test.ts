import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import type { Damaged } from "../store/store.ts";
import { inventory } from "./inventory.ts";
import { TestWorld } from "./test-world.ts";

async function attached(t: TestContext) {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const { json: prevResult } = await world.add(netns);
  const [port] = world.agent.ports.values();
  assert.ok(port);
  return { world, netns, prevResult, port };
}

test("a port that the DPU lost is added again with its generation, and CHECK passes", async (t) => {
  const { world, netns, prevResult, port } = await attached(t);
  world.agent.ports.clear();
  await world.pass();
  assert.deepEqual([...world.agent.ports.values()], [port]);
  const checked = await world.call("CHECK", { netns, config: { prevResult } });
  assert.equal(checked.exitCode, 0, checked.stderr);
});

test("a lost port comes back with the addresses the pod has, though others would be next", async (t) => {
  const { world, port } = await attached(t);
  world.agent.ports.clear();
  world.agent.firstHost = 50;
  await world.pass();
  assert.deepEqual(
    world.agent.ports.get("podnet/a/eth0")?.setting.addresses,
    port.setting.addresses,
  );
});

test("a lost port that comes back with other addresses is reported, and fails CHECK", async (t) => {
  const { world, netns, prevResult } = await attached(t);
  world.agent.ports.clear();
  Object.assign(world.agent, { firstHost: 50, ignoresWishes: true });
  await world.pass();
  const line = world.log.find(({ level }) => level === "error");
  assert.match(String(line?.["message"]), /a pod is cut off/);
  const [shown] = inventory(world.host).attachments;
  assert.match(shown?.problem ?? "", /gave 10\.244\.1\.50.* to a pod that has 10\.244\.1\.2/);
  const checked = await world.call("CHECK", { netns, config: { prevResult } });
  assert.equal(checked.json.code, 106);
  assert.match(checked.json.msg, /did not take it back/);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  assert.deepEqual(world.host.pool.counts().free, 2);
});

test("the DPU takes a lost port back later: until then CHECK fails", async (t) => {
  const { world, netns, prevResult } = await attached(t);
  world.agent.ports.clear();
  const refused = t.mock.method(world.agent, "addPort", () => Promise.reject(new Error("no rep")));
  await world.pass();
  const config = { prevResult };
  assert.match((await world.call("CHECK", { netns, config })).json.msg, /take it back: no rep/);
  refused.mock.restore();
  await world.pass();
  assert.equal((await world.call("CHECK", { netns, config })).exitCode, 0);
  assert.deepEqual(inventory(world.host).pool.used, 1);
});

test("a port of the DPU that belongs to no attachment is deleted", async (t) => {
  const { world, port } = await attached(t);
  const key = { network: "podnet", containerId: "stray", ifname: "eth0" };
  world.agent.ports.set("podnet/stray/eth0", { ...port, key });
  await world.pass();
  assert.deepEqual([...world.agent.ports.keys()], ["podnet/a/eth0"]);
});

test("a port whose record was damaged stays, since it may be a live pod's, until its DEL", async (t) => {
  const { world, port } = await attached(t);
  const damaged: Damaged = {
    path: "a.json.damaged-1",
    reason: "it is empty",
    key: "podnet/a/eth0",
  };
  t.mock.method(world.store, "load", async () => ({ records: new Map(), damaged: [damaged] }));
  await world.start();
  const key = { network: "podnet", containerId: "stray", ifname: "eth0" };
  world.agent.ports.set("podnet/stray/eth0", { ...port, key });
  await world.pass();
  assert.deepEqual([...world.agent.ports.keys()], ["podnet/a/eth0"]);
  assert.deepEqual(world.host.attachments.damaged(), [damaged]);
  assert.equal((await world.call("DEL")).exitCode, 0);
  assert.deepEqual([...world.agent.ports.keys()], []);
  assert.deepEqual(world.host.attachments.damaged(), []);
});

/** The daemon starts again and finds the record of the one attachment damaged. */
async function lostRecord(t: TestContext, world: TestWorld, key?: string) {
  const damaged = { path: "a.json.damaged-1", reason: "it is empty", ...(key && { key }) };
  t.mock.method(world.store, "load", async () => ({ records: new Map(), damaged: [damaged] }));
  await world.start();
}

async function podDies(world: TestWorld) {
  await world.killPod(join(world.folder, "pod1"));
  await world.comeHome(0);
}

for (const key of ["podnet/a/eth0", undefined]) {
  const told = key === undefined ? "whose name tells nothing" : "of its key";
  test(`a VF with a damaged record ${told} is nobody's until the port is off the DPU`, async (t) => {
    const { world } = await attached(t);
    await lostRecord(t, world, key);
    await world.pass();
    await podDies(world);
    await world.host.pool.sweep();
    const { pool, vfs } = inventory(world.host);
    assert.deepEqual(pool, { size: 2, free: 1, used: 0, quarantined: 1 });
    assert.match(vfs[0]?.reason ?? "", /its record is damaged, and the DPU has a port on it/);
    const config = { deviceID: vfs[0]?.pciAddress };
    const named = await world.add(await world.pod("pod2"), { containerId: "b", config });
    assert.match(named.json.msg, /is quarantined for attachment "podnet\/a\/eth0"/);

    // Answered, and not done: the VF is no freer than before.
    const refused = t.mock.method(world.agent, "deletePort", () => Promise.reject(new Error("no")));
    assert.equal((await world.call("DEL")).exitCode, 0);
    assert.deepEqual(world.host.pool.counts(), pool);
    refused.mock.restore();
    assert.equal((await world.call("DEL")).exitCode, 0);
    assert.equal(world.agent.ports.size, 0);
    await world.host.pool.sweep();
    assert.deepEqual(world.host.pool.counts().free, 2);
  });
}

test("a pod that died with the daemon away and whose record is damaged is released", async (t) => {
  const { world } = await attached(t);
  await podDies(world);
  await lostRecord(t, world, "podnet/a/eth0");
  await world.pass();
  assert.equal(world.agent.ports.size, 0);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.equal((await world.call("DEL")).exitCode, 0);
});

test("no VF is free before the DPU has said which it has ports on", async (t) => {
  const { world, netns } = await attached(t);
  world.havePortsBeenSeen = false;
  world.agent.isUnreachable = true;
  await world.start();
  await world.pass();
  const { pool, vfs } = inventory(world.host);
  assert.deepEqual(pool, { size: 2, free: 0, used: 1, quarantined: 1 });
  assert.match(vfs[1]?.reason ?? "", /the DPU has not said yet whether it has a port on it/);
  world.agent.isUnreachable = false;
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
  // Later silence changes nothing: only this daemon makes ports.
  world.agent.isUnreachable = true;
  await world.pass();
  assert.deepEqual(world.host.pool.counts().free, 1);
  world.agent.isUnreachable = false;
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
});

test("a VF that the DPU has a port of nobody on is quarantined until that is deleted", async (t) => {
  const { world, port } = await attached(t);
  const key = { network: "podnet", containerId: "stray", ifname: "eth0" };
  const vf = { pf: 0, index: 1 };
  world.agent.ports.set("podnet/stray/eth0", { ...port, key, vf, pciAddress: "0000:03:00.2" });
  const refused = t.mock.method(world.agent, "deletePort", () => Promise.reject(new Error("no")));
  await world.pass();
  const { pool, vfs } = inventory(world.host);
  assert.deepEqual(pool, { size: 2, free: 0, used: 1, quarantined: 1 });
  assert.match(vfs[1]?.reason ?? "", /a port on it that is nobody's/);
  refused.mock.restore();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
});

test("a DEL that was answered while the DPU was away ends the doubt about a damaged record too", async (t) => {
  const { world } = await attached(t);
  const damaged: Damaged = {
    path: "a.json.damaged-1",
    reason: "it is empty",
    key: "podnet/a/eth0",
  };
  t.mock.method(world.store, "load", async () => ({ records: new Map(), damaged: [damaged] }));
  await world.start();
  world.agent.becomes({ state: "unavailable", reason: "it is away" });
  assert.equal((await world.call("DEL", { netns: "/gone" })).exitCode, 0);
  world.agent.becomes({ state: "ready" });
  await world.pass();
  assert.deepEqual([...world.agent.ports.keys()], []);
});

test("GC of the network ends the doubt about a damaged record that the runtime does not list", async (t) => {
  const { world } = await attached(t);
  const damaged = { path: "a.json.damaged-1", reason: "it is empty" };
  const files = [
    { ...damaged, key: "podnet/a/eth0" },
    { ...damaged, key: "other/a/eth0" },
    damaged,
  ];
  t.mock.method(world.store, "load", async () => ({ records: new Map(), damaged: files }));
  await world.start();
  const config = { "cni.dev/valid-attachments": [] };
  assert.equal((await world.call("GC", { config })).exitCode, 0);
  assert.deepEqual([...world.agent.ports.keys()], []);
  assert.deepEqual(world.host.attachments.damaged(), files.slice(1));
});

test("ports are looked at again after the DPU could not be asked", async (t) => {
  const { world, port } = await attached(t);
  world.agent.ports.clear();
  world.agent.isUnreachable = true;
  await world.pass();
  world.agent.isUnreachable = false;
  await world.pass();
  assert.deepEqual([...world.agent.ports.values()], [port]);
});

test("the background releases a tombstone by itself once the DPU is back", async (t) => {
  const { world, netns } = await attached(t);
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  await world.call("DEL", { netns });
  const { reconcile } = world;
  assert.ok(reconcile);
  reconcile.start();
  t.after(() => reconcile.stop());
  world.agent.becomes({ state: "ready" });
  reconcile.wake();
  const end = Date.now() + 5000;
  while (world.host.pool.counts().free < 2 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
});

test("a free VF that left the host's namespace is quarantined until it is back", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  using pod = await world.kernel.open(netns);
  await world.home.linkSet("enp3s0f0v0", { netns: pod });
  await world.syncSysfs();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 0, quarantined: 1 });
  const { json } = await world.add(await world.pod("pod2"));
  assert.equal(json.interfaces[0].mac, "02:00:00:00:00:02");
  const config = { runtimeConfig: { deviceID: "0000:03:00.1" } };
  const asked = await world.add(await world.pod("pod3"), { containerId: "c", config });
  assert.equal(asked.json.code, 102);
  assert.match(asked.json.msg, /its netdev is not in the daemon's network namespace/);
  await pod.linkSet("enp3s0f0v0", { netns: world.home });
  await world.syncSysfs();
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
});
