import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { StoreError } from "../store/store.ts";
import { vfAddress } from "../vf/fake-sysfs.ts";
import { parseMark } from "../vf/mark.ts";
import { TestWorld } from "./test-world.ts";

test("ADD makes the pod's interface as it answers, and commits the record", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const { exitCode, json } = await world.add(netns);
  assert.equal(exitCode, 0, JSON.stringify(json));
  const gateway = "169.254.1.1";
  assert.deepEqual(json, {
    cniVersion: "1.1.0",
    interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", mtu: 1400, sandbox: netns }],
    ips: [
      { address: "10.244.1.2/32", gateway, interface: 0 },
      { address: "fd00:10:244:1::2/128", gateway: "fe80::1", interface: 0 },
    ],
    routes: [
      { dst: "169.254.1.1/32" },
      { dst: "0.0.0.0/0", gw: gateway },
      { dst: "::/0", gw: "fe80::1" },
    ],
    dns: {},
  });
  using pod = await world.kernel.open(netns);
  const link = await pod.link("eth0");
  assert.ok(link?.up && link.running);
  assert.equal(link.mtu, 1400);
  assert.equal(link.address, "02:00:00:00:00:01");
  assert.equal(parseMark(link.alias)?.pristine.name, "enp3s0f0v0");
  const addresses = await pod.addresses("eth0");
  for (const { address } of json.ips) assert.ok(addresses.some((each) => each.address === address));
  const global = addresses.find(({ address }) => address.startsWith("fd00"));
  assert.ok(!global?.flags.includes("tentative"), "no duplicate address detection");
  const routes = await pod.routes();
  for (const { dst, gw } of json.routes) {
    assert.ok(routes.some((each) => each.dst === dst && each.via === gw && each.dev === "eth0"));
  }
  assert.equal(await world.home.link("enp3s0f0v0"), undefined);
  assert.deepEqual(world.host.pool.counts(), { size: 2, free: 1, used: 1, quarantined: 0 });
  const [record] = (await world.store.load()).records.values();
  assert.equal(record?.phase, "ready");
  assert.equal(record?.vf.pristine.mtu, 1500);
});

test("ADD announces each address", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  await world.add(await world.pod("pod1"));
  assert.equal(world.fault.effects.filter((effect) => effect === "sendFrame").length, 2);
});

test("ADD gives the pod, the DPU and the result the runtime's MAC, and DEL the VF its own", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const mac = "02:00:00:00:0a:0a";
  const config = { capabilities: { mac: true }, runtimeConfig: { mac } };
  const { json } = await world.add(netns, { config });
  assert.equal(json.interfaces[0].mac, mac);
  using pod = await world.kernel.open(netns);
  assert.equal((await pod.link("eth0"))?.address, mac);
  const [record] = (await world.store.load()).records.values();
  assert.deepEqual([record?.mac, record?.port?.mac], [mac, mac]);
  await world.call("DEL", { netns });
  assert.equal((await world.home.link("enp3s0f0v0"))?.address, "02:00:00:00:00:01");
});

test("ADD lets capabilities pass that the DPU serves", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const portMappings = [{ hostPort: 80, containerPort: 8080 }];
  const config = { capabilities: { portMappings: true }, runtimeConfig: { portMappings } };
  const netns = await world.pod("pod1");
  assert.equal((await world.add(netns, { config })).json.code, 2);
  world.agent.can = ["dataplane=delegate", "capability=portMappings"];
  assert.equal((await world.add(netns, { config })).exitCode, 0);
  const [record] = (await world.store.load()).records.values();
  assert.match(record?.networkConfig ?? "", /"hostPort":80/);
});

test("ADD makes no route of an address's own where the DPU routes its prefix by a gateway", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  world.agent.gives = {
    addresses: [{ address: "10.1.0.5/24", gateway: "10.1.0.1" }],
    routes: [
      { dst: "0.0.0.0/0", gw: "10.1.0.1" },
      { dst: "10.1.0.0/24", gw: "10.1.0.1" },
      { dst: "10.1.0.1/32" },
    ],
  };
  const netns = await world.pod("pod1");
  const { exitCode, json } = await world.add(netns);
  assert.equal(exitCode, 0, JSON.stringify(json));
  assert.deepEqual(json.routes, world.agent.gives.routes);
  using pod = await world.kernel.open(netns);
  const shown = (await pod.routes()).map(({ dst, via }) => `${dst} ${via ?? "on the link"}`);
  assert.deepEqual(shown.sort(), [
    "0.0.0.0/0 10.1.0.1",
    "10.1.0.0/24 10.1.0.1",
    "10.1.0.1/32 on the link",
  ]);
});

test("ADD uses the asked VF, and no other in its place", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 3 });
  const deviceID = vfAddress(1);
  const config = { runtimeConfig: { deviceID } };
  const first = await world.add(await world.pod("pod1"), { config });
  assert.equal(first.json.interfaces[0].mac, "02:00:00:00:00:02");
  const pod2 = await world.pod("pod2");
  const before = await world.snapshot();
  const busy = await world.add(pod2, { containerId: "b", config });
  assert.equal(busy.json.code, 102);
  assert.match(
    busy.json.msg,
    /Cannot lease VF "0000:03:00.2": it belongs to attachment "podnet\/a\/eth0"/,
  );
  const unknown = { runtimeConfig: { deviceID: "0000:09:00.1" } };
  const missing = await world.add(pod2, { containerId: "b", config: unknown });
  assert.equal(missing.json.code, 102);
  assert.match(missing.json.msg, /it is not a VF of the configured PFs/);
  assert.deepEqual(await world.snapshot(), before);
});

test("ADD refuses when no VF is free, with the counts", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 1 });
  await world.add(await world.pod("pod1"));
  const { json } = await world.add(await world.pod("pod2"), { containerId: "b" });
  assert.equal(json.code, 101);
  assert.match(json.msg, /none of 1 is free \(1 used, 0 quarantined\)/);
});

test("ADD leases the least recently used VF", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 3 });
  const macs: string[] = [];
  for (const containerId of ["a", "b", "c", "d"]) {
    const netns = await world.pod(`pod-${containerId}`);
    const { json } = await world.add(netns, { containerId });
    macs.push(json.interfaces[0].mac.slice(-2));
    await world.call("DEL", { containerId, netns });
  }
  assert.deepEqual(macs, ["01", "02", "03", "01"]);
});

test("ADD of a name the pod has already touches nothing", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  using pod = await world.kernel.open(netns);
  await pod.linkAdd({ kind: "veth", name: "eth0", peer: { name: "other" } });
  const before = await world.snapshot();
  const { json } = await world.add(netns);
  assert.equal(json.code, 100);
  assert.match(json.msg, /Cannot add interface "eth0"/);
  assert.deepEqual(await world.snapshot(), before);
  assert.deepEqual(world.agent.calls, []);
});

test("a second ADD of an attachment fails and leaves the first intact", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const first = await world.add(netns);
  const pod2 = await world.pod("pod2");
  const before = await world.snapshot();
  for (const again of [netns, pod2]) {
    const { json } = await world.add(again);
    assert.equal(json.code, 100);
    assert.match(json.msg, /Cannot add attachment "podnet\/a\/eth0": it exists since/);
  }
  assert.deepEqual(await world.snapshot(), before);
  const checked = await world.call("CHECK", { netns, config: { prevResult: first.json } });
  assert.equal(checked.exitCode, 0, checked.stderr);
});

test("ADD refuses a namespace that is the host's own, absent, or a plain file", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const file = join(world.folder, "plain");
  await writeFile(file, "");
  const before = await world.snapshot();
  for (const netns of [world.homePath, join(world.folder, "absent"), file]) {
    const { json } = await world.add(netns);
    assert.equal(json.code, 103, json.msg);
    assert.ok(json.msg.includes(netns));
  }
  assert.deepEqual(await world.snapshot(), before);
});

test("ADD leaves another interface's default route in place and out of its result", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  await world.add(netns);
  const { json } = await world.add(netns, { ifname: "net1" });
  assert.equal(json.interfaces?.[0].name, "net1", JSON.stringify(json));
  assert.deepEqual(json.routes, []);
  using pod = await world.kernel.open(netns);
  const defaults = (await pod.routes()).filter(({ dst }) => dst === "0.0.0.0/0");
  assert.deepEqual(
    defaults.map(({ dev }) => dev),
    ["eth0"],
  );
});

test("ADD appends to the result of earlier plugins and re-bases its indexes", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const prevResult = {
    cniVersion: "1.1.0",
    interfaces: [{ name: "br0" }, { name: "net0", sandbox: netns, mtu: 1300 }],
    ips: [{ address: "192.0.2.1/24", interface: 1 }],
    routes: [{ dst: "198.51.100.0/24", priority: 5 }],
    dns: { nameservers: ["192.0.2.53"] },
  };
  const config = { prevResult, dns: { nameservers: ["203.0.113.53"] } };
  const { json } = await world.add(netns, { config });
  assert.deepEqual(json.interfaces.slice(0, 2), prevResult.interfaces);
  assert.equal(json.interfaces[2].name, "eth0");
  assert.deepEqual(json.ips[0], prevResult.ips[0]);
  assert.deepEqual(
    json.ips.slice(1).map((ip: { interface: number }) => ip.interface),
    [2, 2],
  );
  assert.deepEqual(json.routes[0], prevResult.routes[0]);
  assert.deepEqual(json.dns, prevResult.dns);
});

test("ADD answers with the configuration's dns when the DPU gives none", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const dns = { nameservers: ["203.0.113.53"], search: ["example.org"] };
  const { json } = await world.add(await world.pod("pod1"), { config: { dns } });
  assert.deepEqual(json.dns, dns);
});

test("ADD of a DPU that is away leaves nothing, and the same ADD works when it is back", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  world.agent.becomes({ state: "unavailable", reason: "it is switched off" });
  const { json } = await world.add(netns);
  assert.equal(json.code, 11);
  assert.match(json.msg, /it is switched off/);
  assert.deepEqual(await world.snapshot(), before);
  world.agent.becomes({ state: "ready" });
  assert.equal((await world.add(netns)).exitCode, 0);
});

test("ADD on a full disk is undone, and says which directory and what to do", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  const put = world.store.put.bind(world.store);
  for (const failing of ["adding", "ready"]) {
    const mocked = t.mock.method(world.store, "put", async (...args: Parameters<typeof put>) => {
      if (args[1].phase !== failing) return put(...args);
      throw new StoreError("ENOSPC", "Cannot write the record to /state: no space is left");
    });
    const { json } = await world.add(netns);
    assert.equal(json.code, 5);
    assert.match(json.msg, /\/state: no space is left/);
    assert.match(json.details, /free space/);
    assert.deepEqual(await world.snapshot(), before, failing);
    mocked.mock.restore();
  }
});

test("ADD whose caller gives up is undone", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const before = await world.snapshot();
  const caller = new AbortController();
  world.agent.isSilent = true;
  const adding = world.add(netns, { signal: caller.signal });
  while (world.agent.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  world.agent.isSilent = false;
  caller.abort(new DOMException("gone", "AbortError"));
  assert.equal((await adding).json.code, 11);
  assert.deepEqual(await world.snapshot(), before);
});

test("parallel ADDs beyond the pool get distinct VFs and addresses, and the rest 101", async (t) => {
  const world = await TestWorld.open(t, memoryKernel(), { vfs: 4 });
  const ids = ["a", "b", "c", "d", "e", "f"];
  const pods = await Promise.all(ids.map((id) => world.pod(`pod-${id}`)));
  const before = await world.snapshot();
  const answers = await Promise.all(
    ids.map((containerId, i) => world.add(pods[i] ?? "", { containerId })),
  );
  const added = answers.filter(({ exitCode }) => exitCode === 0);
  assert.equal(added.length, 4);
  assert.equal(new Set(added.map(({ json }) => json.interfaces[0].mac)).size, 4);
  assert.equal(new Set(added.map(({ json }) => json.ips[0].address)).size, 4);
  for (const { exitCode, json } of answers) if (exitCode !== 0) assert.equal(json.code, 101);
  assert.deepEqual(world.host.pool.counts(), { size: 4, free: 0, used: 4, quarantined: 0 });
  await Promise.all(
    ids.map((containerId, i) => world.call("DEL", { containerId, netns: pods[i] })),
  );
  assert.deepEqual(await world.snapshot(), before);
});
