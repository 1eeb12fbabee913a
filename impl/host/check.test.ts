import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Netns } from "../netlink/kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { TestWorld } from "./test-world.ts";

async function attached(t: TestContext) {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const { json: prevResult } = await world.add(netns);
  const check = (changed: unknown = prevResult) =>
    world.call("CHECK", { netns, config: { prevResult: changed } });
  return { world, netns, prevResult, check };
}

test("CHECK straight after ADD passes, prints nothing and changes nothing", async (t) => {
  const { world, check } = await attached(t);
  const before = await world.snapshot();
  const { exitCode, json, stderr } = await check();
  assert.equal(exitCode, 0, stderr);
  assert.equal(json, undefined);
  assert.deepEqual(await world.snapshot(), before);
});

const drifts: Readonly<Record<string, readonly [(pod: Netns) => Promise<void>, RegExp]>> = {
  "its link was renamed": [
    async (pod) => {
      await pod.linkSet("eth0", { up: false });
      await pod.linkSet("eth0", { name: "eth9" });
    },
    /the pod has no interface "eth0"/,
  ],
  "its link is down": [(pod) => pod.linkSet("eth0", { up: false }), /"eth0" is down/],
  "its MAC changed": [
    (pod) => pod.linkSet("eth0", { address: "02:00:00:00:99:99" }),
    /"eth0" has MAC 02:00:00:00:99:99, expected 02:00:00:00:00:01/,
  ],
  "its MTU changed": [
    (pod) => pod.linkSet("eth0", { mtu: 1300 }),
    /"eth0" has MTU 1300, expected 1400/,
  ],
  "an address is gone": [
    (pod) => pod.addressDel("eth0", "fd00:10:244:1::2/128"),
    /"eth0" lacks address fd00:10:244:1::2\/128/,
  ],
  "a route is gone": [
    (pod) => pod.routeDel({ dst: "0.0.0.0/0", via: "169.254.1.1", dev: "eth0" }),
    /the pod lacks route 0\.0\.0\.0\/0 via 169\.254\.1\.1 dev eth0/,
  ],
};

for (const [drift, [change, expected]] of Object.entries(drifts)) {
  test(`CHECK fails when ${drift}, and says so`, async (t) => {
    const { world, netns, check } = await attached(t);
    using pod = await world.kernel.open(netns);
    await change(pod);
    const { json } = await check();
    assert.equal(json?.code, 106);
    assert.match(json.msg, expected);
  });
}

test("CHECK fails for a prevResult that is not what ADD made", async (t) => {
  const { prevResult, check } = await attached(t);
  const [eth0] = prevResult.interfaces;
  const [ip] = prevResult.ips;
  const changes: readonly [object, RegExp][] = [
    [{ interfaces: [{ ...eth0, name: "eth1" }] }, /prevResult has no interface "eth0"/],
    [{ interfaces: [{ ...eth0, sandbox: "/run/netns/other" }] }, /prevResult puts "eth0" into/],
    [{ interfaces: [{ ...eth0, mac: "02:00:00:00:00:77" }] }, /expected 02:00:00:00:00:77/],
    [{ ips: [{ ...ip, address: "10.244.1.77/32" }] }, /lacks address 10\.244\.1\.77\/32/],
  ];
  for (const [change, expected] of changes) {
    const { json } = await check({ ...prevResult, ...change });
    assert.equal(json?.code, 106);
    assert.match(json.msg, expected);
  }
});

test("CHECK accepts what later plugins changed and reported", async (t) => {
  const { world, netns, prevResult, check } = await attached(t);
  using pod = await world.kernel.open(netns);
  await pod.linkSet("eth0", { address: "02:00:00:00:99:99" });
  await pod.routeDel({ dst: "::/0", via: "fe80::1", dev: "eth0" });
  const [eth0] = prevResult.interfaces;
  const { exitCode, stderr } = await check({
    ...prevResult,
    interfaces: [{ name: "br9" }, { ...eth0, mac: "02:00:00:00:99:99" }, { name: "tap0" }],
    ips: [
      { address: "192.0.2.1/24", interface: 2 },
      ...prevResult.ips.map((ip: object) => ({ ...ip, interface: 1 })),
    ],
    routes: [{ dst: "192.0.2.0/24" }, ...prevResult.routes.slice(0, 2)],
  });
  assert.equal(exitCode, 0, stderr);
});

test("CHECK passes the DPU's difference on, and answers 11 while the DPU is away", async (t) => {
  const { world, check } = await attached(t);
  world.agent.difference = "the proxy entry of 10.244.1.2 is gone";
  const differs = await check();
  assert.equal(differs.json.code, 106);
  assert.match(differs.json.msg, /the proxy entry of 10\.244\.1\.2 is gone/);
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  const away = await check();
  assert.equal(away.json.code, 11);
  assert.match(away.json.msg, /it is switched off/);
});

test("CHECK of an attachment that is not there fails", async (t) => {
  const { world, netns, prevResult, check } = await attached(t);
  const config = { prevResult };
  const other = await world.call("CHECK", { containerId: "b", netns, config });
  assert.equal(other.json.code, 106);
  assert.match(other.json.msg, /there is no such attachment/);
  const gone = join(world.folder, "gone");
  const elsewhere = { ...prevResult, interfaces: [{ ...prevResult.interfaces[0], sandbox: gone }] };
  const lost = await world.call("CHECK", { netns: gone, config: { prevResult: elsewhere } });
  assert.equal(lost.json.code, 106);
  assert.match(lost.json.msg, /its namespace ".*gone" cannot be opened/);
  await world.call("DEL", { netns });
  assert.equal((await check()).json.code, 106);
});
