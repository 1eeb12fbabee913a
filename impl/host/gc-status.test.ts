import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { StoreError } from "../store/store.ts";
import { TestWorld } from "./test-world.ts";

async function threeAttached(t: TestContext): Promise<TestWorld> {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 4 });
  for (const containerId of ["a", "b", "c"]) {
    const { exitCode, stderr } = await world.add(await world.pod(containerId), { containerId });
    assert.equal(exitCode, 0, stderr);
  }
  return world;
}

function gcOf(world: TestWorld, valid: readonly string[], name = "podnet") {
  const list = valid.map((containerID) => ({ containerID, ifname: "eth0" }));
  return world.call("GC", { config: { name, "cni.dev/valid-attachments": list } });
}

const idsOf = (world: TestWorld) => world.host.attachments.all().map(({ key }) => key.containerId);

test("GC releases what is not listed, and nothing else", async (t) => {
  const world = await threeAttached(t);
  const { exitCode, json, stderr } = await gcOf(world, ["b"]);
  assert.equal(exitCode, 0, stderr);
  assert.equal(json, undefined);
  assert.deepEqual(idsOf(world), ["b"]);
  assert.deepEqual([...world.agent.ports.keys()], ["podnet/b/eth0"]);
  assert.deepEqual(world.host.pool.counts(), { size: 4, free: 3, used: 1, quarantined: 0 });
  assert.equal((await gcOf(world, ["b"])).exitCode, 0);
});

test("GC of another network touches nothing", async (t) => {
  const world = await threeAttached(t);
  const before = await world.snapshot();
  assert.equal((await gcOf(world, [], "othernet")).exitCode, 0);
  assert.deepEqual(await world.snapshot(), before);
});

test("GC without a list touches nothing", async (t) => {
  const world = await threeAttached(t);
  const before = await world.snapshot();
  assert.equal((await world.call("GC")).json.code, 7);
  assert.deepEqual(await world.snapshot(), before);
});

test("GC goes on after one that cannot be released, and names it", async (t) => {
  const world = await threeAttached(t);
  const remove = world.store.delete.bind(world.store);
  t.mock.method(world.store, "delete", async (key: string) => {
    if (key.includes("/b/")) throw new StoreError("EROFS", "Cannot delete it (EROFS)");
    await remove(key);
  });
  const { json } = await gcOf(world, []);
  assert.equal(json.code, 11);
  assert.match(json.msg, /1 left: "podnet\/b\/eth0": .*EROFS/);
  assert.deepEqual(idsOf(world), ["b"]);
});

test("GC finishes what waited for the DPU, and deletes its stray ports of this network", async (t) => {
  const world = await threeAttached(t);
  world.agent.isUnreachable = true;
  assert.equal((await world.call("DEL", { containerId: "a" })).exitCode, 0);
  world.agent.isUnreachable = false;
  const setting = { addresses: [], routes: [], mtu: 1400, mac: "", dns: {} };
  for (const network of ["podnet", "othernet"]) {
    const key = { network, containerId: "stray", ifname: "eth0" };
    world.agent.ports.set(`${network}/stray/eth0`, { key, generation: 1, pciAddress: "", setting });
  }
  const { exitCode, stderr } = await gcOf(world, ["b", "c"]);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    [...world.agent.ports.keys()],
    ["podnet/b/eth0", "podnet/c/eth0", "othernet/stray/eth0"],
  );
  assert.deepEqual(world.host.pool.counts(), { size: 4, free: 2, used: 2, quarantined: 0 });
});

test("GC leaves an ADD alone that began before it and is not listed", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const addPort = world.agent.addPort.bind(world.agent);
  let collected: Promise<{ readonly exitCode: number }> | undefined;
  t.mock.method(world.agent, "addPort", async (...args: Parameters<typeof addPort>) => {
    const port = await addPort(...args);
    collected = gcOf(world, []);
    return port;
  });
  const { exitCode, stderr } = await world.add(netns);
  assert.equal(exitCode, 0, stderr);
  assert.equal((await collected)?.exitCode, 0);
  assert.deepEqual(idsOf(world), ["a"]);
  assert.equal(world.agent.ports.size, 1);
});

test("STATUS is what the DPU's health says", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const { exitCode, json } = await world.call("STATUS");
  assert.deepEqual([exitCode, json], [0, undefined]);
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  const away = await world.call("STATUS");
  assert.equal(away.json.code, 50);
  assert.match(away.json.msg, /it is switched off/);
  const notices = ['certificate "a.crt" expired on 2026-01-01T00:00:00.000Z'];
  world.agent.becomes({ state: "unavailable", reason: "it is switched off", notices });
  assert.match((await world.call("STATUS")).json.details, /; certificate "a\.crt" expired on/);
  world.agent.becomes({ state: "dataplaneDown", reason: "uplink0 is down" });
  const down = await world.call("STATUS");
  assert.equal(down.json.code, 51);
  assert.match(down.json.msg, /uplink0 is down/);
  world.agent.becomes({ state: "ready" });
  assert.equal((await world.call("STATUS")).exitCode, 0);
});

test("STATUS of a full node is an error only where that is configured", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 1 });
  await world.add(await world.pod("pod1"));
  assert.equal((await world.call("STATUS")).exitCode, 0);
  Object.assign(world.host, { exhaustedIsUnavailable: true });
  const { json } = await world.call("STATUS");
  assert.equal(json.code, 50);
  assert.match(json.msg, /none of 1 VFs is free \(1 used, 0 quarantined\)/);
});

test("VERSION echoes what it was asked in", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const { json } = await world.call("VERSION", { config: { cniVersion: "0.4.0" } });
  assert.equal(json.cniVersion, "0.4.0");
  assert.ok(json.supportedVersions.includes("1.1.0"));
});
