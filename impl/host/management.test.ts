import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { managementKey } from "../cni/management-key.ts";
import { keyText } from "../cni/types.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { readSysctls } from "../vf/link-sysctls.ts";
import { inventory } from "./inventory.ts";
import type { ManagementConfig } from "./management.ts";
import { status } from "./status.ts";
import { TestWorld } from "./test-world.ts";

const wanted: ManagementConfig = {
  interface: "offload0",
  routes: ["10.244.0.0/16", "10.96.0.0/12", "fd00:10:244::/48"],
};
const key = managementKey(wanted.interface);

async function open(t: TestContext, options: { readonly vfs?: number } = {}) {
  const world = await TestWorld.open(t, memoryKernel(), options);
  world.wanted = wanted;
  await world.start();
  return world;
}

async function managed(t: TestContext, options: { readonly vfs?: number } = {}) {
  const world = await open(t, options);
  assert.equal(await world.manage(), true, JSON.stringify(world.host.management?.()));
  return world;
}

/** What a person sees on the host of it. */
async function seen(world: TestWorld) {
  const link = await world.home.link("offload0");
  const addresses = link === undefined ? [] : await world.home.addresses("offload0");
  const routes = (await world.home.routes()).filter(({ dev }) => dev === "offload0");
  return {
    up: link?.up,
    mtu: link?.mtu,
    addresses: addresses
      .filter(({ scope }) => scope === "global")
      .map(({ address }) => address)
      .sort(),
    routes: routes
      .filter(({ protocol }) => protocol !== "kernel")
      .map(({ dst, via }) => (via === undefined ? dst : `${dst} via ${via}`))
      .sort(),
  };
}

const asWanted = {
  up: true,
  mtu: 1400,
  addresses: ["10.244.1.2/32", "fd00:10:244:1::2/128"],
  routes: [
    "10.244.0.0/16 via 169.254.1.1",
    "10.96.0.0/12 via 169.254.1.1",
    "169.254.1.1/32",
    "fd00:10:244::/48 via fe80::1",
  ],
};

test("the management VF stays on the host with the DPU's addresses, the configured ranges, no default route", async (t) => {
  const world = await managed(t);
  assert.deepEqual(await seen(world), asWanted);
  const { attachments, vfs, pool, management } = inventory(world.host);
  assert.deepEqual(management, { interface: "offload0", state: "ready" });
  assert.deepEqual(pool, { size: 2, free: 1, used: 1, quarantined: 0 });
  assert.deepEqual(vfs[0]?.owner, key);
  assert.equal(attachments[0]?.phase, "ready");
  assert.deepEqual([...world.agent.ports.keys()], [keyText(key)]);
  status(world.host);
});

test("a look at one that is as it should be changes nothing", async (t) => {
  const world = await managed(t);
  world.fault.effects.length = 0;
  assert.equal(await world.manage(), true);
  assert.deepEqual(world.fault.effects, []);
});

test("pods are never given its VF, not by name either", async (t) => {
  const world = await managed(t);
  const { pciAddress } = world.host.attachments.get(key)?.vf ?? {};
  const asked = await world.add(await world.pod("pod1"), {
    config: { runtimeConfig: { deviceID: pciAddress } },
  });
  assert.match(asked.json.msg, /it belongs to attachment "@management\/host\/offload0"/);
  assert.equal((await world.add(await world.pod("pod2"))).exitCode, 0);
  const full = await world.add(await world.pod("pod3"), { containerId: "b" });
  assert.match(full.json.msg, /none of 2 is free \(2 used, 0 quarantined\)/);
});

test("no DEL and no GC touches it", async (t) => {
  const world = await managed(t);
  for (const name of ["podnet", "@management"]) {
    await world.call("DEL", { containerId: "host", ifname: "offload0", config: { name } });
    await world.call("GC", { config: { name, "cni.dev/valid-attachments": [] } });
  }
  await world.pass();
  assert.deepEqual(await seen(world), asWanted);
  assert.deepEqual([...world.agent.ports.keys()], [keyText(key)]);
});

test("it is made when the DPU comes, and until then STATUS fails only where that is configured", async (t) => {
  const world = await open(t);
  world.havePortsBeenSeen = false;
  world.agent.becomes({ state: "unavailable", reason: "it is away" });
  assert.equal(await world.manage(), false);
  assert.match(JSON.stringify(inventory(world.host).management), /it is away/);
  assert.deepEqual(world.host.attachments.all(), []);

  world.agent.becomes({ state: "ready" });
  assert.equal(await world.manage(), false);
  assert.match(JSON.stringify(inventory(world.host).management), /ports are being compared/);
  status(world.host);
  assert.throws(() => status({ ...world.host, managementIsRequired: true }), /cannot reach pods/);
  world.havePortsBeenSeen = true;
  assert.equal(await world.manage(), true);
  status({ ...world.host, managementIsRequired: true });
});

test("a restart of the daemon leaves it as it is", async (t) => {
  const world = await managed(t);
  const { generation } = world.host.attachments.get(key) ?? {};
  world.agent.becomes({ state: "unavailable", reason: "it is away" });
  await world.start();
  assert.deepEqual(await seen(world), asWanted);
  world.fault.effects.length = 0;
  assert.equal(await world.manage(), true);
  assert.deepEqual(world.fault.effects, []);
  assert.equal(world.host.attachments.get(key)?.generation, generation);
});

test("a port of it that the DPU lost is added again", async (t) => {
  const world = await managed(t);
  const [port] = world.agent.ports.values();
  world.agent.ports.clear();
  await world.pass();
  assert.deepEqual([...world.agent.ports.values()], [port]);
});

const damages: readonly [what: string, harm: (world: TestWorld) => Promise<void>][] = [
  ["a route", (world) => world.home.routeDel({ dst: "10.96.0.0/12", dev: "offload0" })],
  ["an address", (world) => world.home.addressDel("offload0", "10.244.1.2/32")],
  ["its state", (world) => world.home.linkSet("offload0", { up: false })],
  ["its MTU", (world) => world.home.linkSet("offload0", { mtu: 1500 })],
  ["its mark", (world) => world.home.linkSet("offload0", { alias: "" })],
  [
    "its name",
    async (world) => {
      await world.home.linkSet("offload0", { up: false });
      await world.home.linkSet("offload0", { name: "enp9" });
    },
  ],
  [
    "everything, as the DPU's reboot does to its VFs,",
    async (world) => {
      await world.home.linkDel("offload0");
      await world.makeVf(0);
    },
  ],
];

for (const [what, harm] of damages) {
  test(`${what} that it lost comes back`, async (t) => {
    const world = await managed(t);
    await harm(world);
    await world.syncSysfs();
    assert.notDeepEqual([await seen(world), await mark(world)], [asWanted, true]);
    assert.equal(await world.manage(), true, JSON.stringify(world.host.management?.()));
    assert.deepEqual([await seen(world), await mark(world)], [asWanted, true]);
    await world.host.pool.sweep();
    assert.deepEqual(await seen(world), asWanted);
  });
}

async function mark(world: TestWorld): Promise<boolean> {
  return (await world.home.link("offload0"))?.alias?.startsWith("offload-cni ") ?? false;
}

test("when the card has its VF no more it is made anew on another", async (t) => {
  const world = await managed(t);
  const { pciAddress } = world.host.attachments.get(key)?.vf ?? {};
  await world.home.linkDel("offload0");
  await world.sysfs.destroy(0);
  await world.host.pool.refresh();
  assert.equal(await world.manage(), true, JSON.stringify(world.host.management?.()));
  assert.notEqual(world.host.attachments.get(key)?.vf.pciAddress, pciAddress);
  assert.equal(world.agent.ports.size, 1);
});

test("ranges configured anew replace the former ones", async (t) => {
  const world = await managed(t);
  world.wanted = { ...wanted, routes: ["10.244.0.0/16", "10.100.0.0/16"] };
  await world.start();
  await world.manage();
  assert.deepEqual((await seen(world)).routes, [
    "10.100.0.0/16 via 169.254.1.1",
    "10.244.0.0/16 via 169.254.1.1",
    "169.254.1.1/32",
  ]);
});

for (const [what, next] of [
  ["that is configured no more", undefined],
  ["of another name", { ...wanted, interface: "offload7" }],
  ["of another VF", { ...wanted, vf: "0000:03:00.2" }],
] as const) {
  test(`one ${what} is given back`, async (t) => {
    const world = await TestWorld.open(t, memoryKernel());
    const sysctls = () => readSysctls(world.home, "enp3s0f0v0");
    const before = [await world.snapshot(), await sysctls()];
    world.wanted = wanted;
    await world.start();
    await world.manage();
    world.wanted = next;
    await world.start();
    assert.equal(await world.manage(), true, JSON.stringify(world.host.management?.()));
    if (next === undefined) assert.deepEqual([await world.snapshot(), await sysctls()], before);
    else {
      const [record] = world.host.attachments.all();
      if ("vf" in next) assert.equal(record?.vf.pciAddress, next.vf);
      assert.ok((await world.home.link(next.interface))?.up);
      assert.equal(world.agent.ports.size, 1);
      // On a busy machine the lease may have found sysfs behind the kernel.
      await world.host.pool.sweep();
      assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
    }
  });
}

test("a name that another interface of the host has is refused, and no VF is taken", async (t) => {
  const world = await open(t);
  await world.home.linkAdd({ kind: "bridge", name: "offload0" });
  assert.equal(await world.manage(), false);
  assert.match(JSON.stringify(world.host.management?.()), /the host has another interface/);
  assert.deepEqual(world.agent.calls, []);
});

test("a range of a family that the DPU gives no address of is named, and the others led to", async (t) => {
  const world = await open(t);
  world.agent.gives = {
    addresses: [{ address: "10.244.1.9/24", gateway: "10.244.1.1" }],
    routes: [{ dst: "0.0.0.0/0", gw: "10.244.1.1" }],
  };
  assert.equal(await world.manage(), false);
  assert.match(
    JSON.stringify(world.host.management?.()),
    /fd00:10:244::\/48: the DPU gave it no IPv6/,
  );
  assert.deepEqual((await seen(world)).routes, [
    "10.244.0.0/16 via 10.244.1.1",
    "10.96.0.0/12 via 10.244.1.1",
  ]);
});

test("a range that is on the link by the address's own prefix needs no route", async (t) => {
  const world = await open(t);
  world.agent.gives = {
    addresses: [
      { address: "10.244.1.9/16", gateway: "10.244.0.1" },
      { address: "fd00:10:244:1::9/48" },
    ],
    routes: [{ dst: "10.97.0.0/16", gw: "10.244.0.1" }],
  };
  assert.equal(await world.manage(), true, JSON.stringify(world.host.management?.()));
  assert.deepEqual((await seen(world)).routes, ["10.96.0.0/12 via 10.244.0.1"]);
});

test("one whose record was damaged is made anew, and nothing of the former is left", async (t) => {
  const damaged = [{ path: "/x", reason: "torn", key: keyText(key) }];
  const world = await managed(t);
  await world.store.delete(keyText(key));
  const load = world.store.load.bind(world.store);
  t.mock.method(world.store, "load", async () => ({ ...(await load()), damaged }));
  await world.start();
  for (let tries = 0; tries < 3 && !(await world.manage()); tries++) await world.pass();
  assert.deepEqual(world.host.management?.(), { interface: "offload0", state: "ready" });
  assert.equal(world.agent.ports.size, 1);
  await world.pass();
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
  assert.deepEqual(inventory(world.host).damaged, []);
});

test("a DPU that refuses it keeps no VF from pods meanwhile", async (t) => {
  const world = await open(t);
  const refused = t.mock.method(world.agent, "addPort", () => Promise.reject(new Error("no way")));
  assert.equal(await world.manage(), false);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 2, used: 0, quarantined: 0 });
  assert.match(JSON.stringify(world.host.management?.()), /no way/);
  refused.mock.restore();
  assert.equal(await world.manage(), true);
});

for (const when of ["before", "after"] as const) {
  test(`whatever step fails ${when} its effect, or the daemon dies there, it is made in the end`, async (t) => {
    const probe = await managed(t);
    const steps = probe.fault.effects.length;
    assert.ok(steps > 8, String(steps));
    for (let at = 1; at <= steps; at++) {
      for (const dies of [false, true]) {
        const world = await TestWorld.open(t, memoryKernel());
        const before = await world.snapshot();
        world.wanted = wanted;
        await world.start();
        Object.assign(world.fault, { at, when, effects: [] });
        await world.manage();
        world.fault.at = undefined;
        if (dies) await world.start();
        for (let tries = 0; tries < 4 && !(await world.manage()); tries++) await world.pass();
        const text = `step ${at}, ${JSON.stringify(world.host.management?.())}`;
        assert.deepEqual((await seen(world)).routes, asWanted.routes, text);
        assert.equal(world.agent.ports.size, 1, text);
        world.wanted = undefined;
        await world.start();
        await world.manage();
        assert.deepEqual(await world.snapshot(), before, text);
      }
    }
  });
}
