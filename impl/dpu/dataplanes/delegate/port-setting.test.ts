/** What the pod gets of what the plugins made. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CniResult } from "../../../cni/types.ts";
import { memoryKernel } from "../../../netlink/memory.ts";
import { portSettingOf } from "./port-setting.ts";

const result: CniResult = {
  interfaces: [
    { name: "veth1" },
    { name: "eth0", mac: "02:00:00:00:00:05", sandbox: "/run/netns/x" },
  ],
  ips: [{ address: "10.1.0.5/24", gateway: "10.1.0.1", interface: 1 }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["10.1.0.53"] },
};

async function made() {
  const netns = await memoryKernel().netnsScratch();
  const address = "02:00:00:00:00:05";
  await netns.linkAdd({ kind: "veth", name: "eth0", mtu: 1450, address, peer: { name: "far" } });
  await netns.linkSet("far", { up: true });
  await netns.linkSet("eth0", { up: true });
  await netns.addressAdd("eth0", { address: "10.1.0.5/24" });
  return netns;
}

test("a route of the result without a gateway is given as the kernel has it", async () => {
  using netns = await made();
  await netns.routeAdd({ dst: "0.0.0.0/0", via: "10.1.0.1", dev: "eth0" });
  assert.deepEqual(await portSettingOf(netns, "eth0", result), {
    addresses: [{ address: "10.1.0.5/24", gateway: "10.1.0.1" }],
    routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }],
    ...{ mtu: 1450, mac: "02:00:00:00:00:05", dns: { nameservers: ["10.1.0.53"] } },
  });
});

test("the smallest MTU of link and routes counts, and routes beyond the result come too", async () => {
  using netns = await made();
  await netns.routeAdd({ dst: "0.0.0.0/0", via: "10.1.0.1", dev: "eth0", mtu: 1400 });
  await netns.routeAdd({ dst: "10.9.0.0/16", via: "10.1.0.1", dev: "eth0" });
  const { mtu, routes } = await portSettingOf(netns, "eth0", result);
  assert.equal(mtu, 1400);
  assert.deepEqual(routes, [
    { dst: "0.0.0.0/0", gw: "10.1.0.1", mtu: 1400 },
    { dst: "10.9.0.0/16", gw: "10.1.0.1" },
  ]);
});

test("a route that is in the result only takes the gateway of its family's address", async () => {
  using netns = await made();
  const { routes } = await portSettingOf(netns, "eth0", result);
  assert.deepEqual(routes, [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }]);
});

test("no interface, or no address on it, is refused", async () => {
  using netns = await made();
  await assert.rejects(portSettingOf(netns, "eth1", result), /made no interface "eth1"/);
  const bare = { ...result, ips: [{ address: "10.1.0.5/24", interface: 0 }] };
  await assert.rejects(portSettingOf(netns, "eth0", bare), /gave "eth0" no address/);
});
