/** `routed` over the kernel in memory: the laws, and what depends on the kernel's gifts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Netns } from "../../netlink/kernel.ts";
import { memoryKernel } from "../../netlink/memory.ts";
import { memoryStore } from "../../store/memory-store.ts";
import { dataplaneLaws } from "../dataplane.contract.ts";
import { testGuard } from "../guard/create-guard.ts";
import { parseFormerSysctl } from "./former-sysctls.ts";
import { createRouted } from "./routed.ts";
import { routedShape } from "./routed-config.ts";
import { routedConfig, routedWorld } from "./routed-world.ts";

dataplaneLaws({
  name: "routed over memory",
  skip: false,
  create: async () => routedWorld(await memoryKernel().netnsScratch()),
});

const { signal } = new AbortController();

const worldOf = (netns: Netns) => ({
  kernel: { open: async () => netns },
  formerSysctls: memoryStore(parseFormerSysctl),
  guard: testGuard,
});

function request(i: number) {
  const [key, representor] = [`p${i}`, `rep0v${i}`];
  return { key, representor, mac: `02:00:00:00:00:0${i + 1}`, networkConfig: "{}" };
}

test("attach() gives a /32 and a /128 with link-local gateways and the uplink's MTU", async () => {
  await using world = await routedWorld(await memoryKernel().netnsScratch());
  assert.deepEqual(await world.dataplane.attach(request(0), signal), {
    addresses: [
      { address: "10.244.1.2/32", gateway: "169.254.1.1" },
      { address: "fd00:10:244:1::2/128", gateway: "fe80::1" },
    ],
    routes: [
      { dst: "169.254.1.1/32" },
      { dst: "0.0.0.0/0", gw: "169.254.1.1", mtu: 1400 },
      { dst: "::/0", gw: "fe80::1", mtu: 1400 },
    ],
    mtu: 1400,
    mac: "02:00:00:00:00:01",
    dns: {},
  });
});

for (const [range, address, routes] of [
  ["10.244.1.0/29", "10.244.1.2/32", ["169.254.1.1/32", "0.0.0.0/0"]],
  ["fd00:10:244:1::/64", "fd00:10:244:1::2/128", ["::/0"]],
] as const) {
  test(`a node with ${range} alone gives that family alone`, async () => {
    const config = { ...routedConfig, ranges: routedShape.shape.ranges.parse([range]), peers: [] };
    await using world = await routedWorld(await memoryKernel().netnsScratch(), config);
    const setting = await world.dataplane.attach(request(0), signal);
    assert.deepEqual(
      setting.addresses.map((one) => one.address),
      [address],
    );
    assert.deepEqual(
      setting.routes.map(({ dst }) => dst),
      routes,
    );
    await world.dataplane.check({ ...request(0), setting });
  });
}

test("a used-up range refuses a port without taking an address of the other family", async () => {
  const ranges = routedShape.shape.ranges.parse(["10.244.1.0/30", "fd00:10:244:1::/64"]);
  const config = { ...routedConfig, ranges, peers: [] };
  await using world = await routedWorld(await memoryKernel().netnsScratch(), config);
  const { dataplane } = world;
  const setting = await dataplane.attach(request(0), signal);
  const { free } = await dataplane.health();
  assert.equal(free.ipv4, 0);
  await assert.rejects(dataplane.attach(request(1), signal), {
    name: "AddressesExhausted",
    message: "no IPv4 address is free",
  });
  assert.deepEqual(await dataplane.health(), { state: "ready", free });
  await dataplane.detach({ ...request(0), setting });
  await dataplane.attach(request(1), signal);
});

test("an uplink that is not there is a reason of the health, and mended when it comes", async () => {
  const netns = await memoryKernel().netnsScratch();
  const dataplane = await createRouted(routedConfig, worldOf(netns));
  await dataplane.start();
  const health = await dataplane.health();
  assert.equal(health.state, "down");
  assert.equal("reason" in health ? health.reason : "", 'uplink "uplink0" does not exist');
  await using world = await routedWorld(netns);
  assert.equal((await dataplane.health()).state, "ready");
  const dsts = (await world.netns.routes()).map(({ dst }) => dst);
  assert.ok(dsts.includes("10.244.2.0/24") && dsts.includes("fd00:10:244:2::/64"));
});

/** A kernel without some sysctls. */
function without(netns: Netns, lacking: string): Netns {
  return new Proxy(netns, {
    get(target, name) {
      if (name === "sysctl") {
        return async (key: string) => (key.startsWith(lacking) ? undefined : target.sysctl(key));
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

for (const [lacking, message] of [
  ["net/ipv4/ip_forward", /^Cannot start dataplane "routed": the kernel has no IPv4 forwarding/],
  ["net/ipv6/", /^Cannot start dataplane "routed": the kernel has no IPv6, but an IPv6 range/],
] as const) {
  test(`start() says by name that the kernel lacks ${lacking}`, async () => {
    const netns = without(await memoryKernel().netnsScratch(), lacking);
    const dataplane = await createRouted(routedConfig, worldOf(netns));
    await assert.rejects(dataplane.start(), { message });
  });
}
