/** An emulated card on a real kernel keeps a real VF's promises. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sleep } from "../../impl/base/time.ts";
import type { NamespaceMaker, Netns } from "../../impl/netlink/kernel.ts";
import { linuxKernel } from "../../impl/netlink/linux.ts";
import { EmulatedCard } from "./card.ts";
import { cardLayout } from "./card-layout.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

const layout = cardLayout({ node: 1, vfs: 4 });
const sysfsRoot = mkdtempSync(join(tmpdir(), "card-"));
let kernel: ReturnType<typeof linuxKernel>;
let host: Netns;
let dpu: Netns;
let card: EmulatedCard;

before(async () => {
  if (skip !== false) return;
  kernel = linuxKernel();
  host = await kernel.netnsScratch();
  dpu = await kernel.netnsScratch();
  card = new EmulatedCard({
    ...{ kernel, host, dpu, card: layout, node: 1, seed: 7, mtu: 1500, sysfsRoot },
  });
  await card.plugIn();
});
after(async () => {
  await card?.[Symbol.asyncDispose]();
  host?.[Symbol.dispose]();
  dpu?.[Symbol.dispose]();
  rmSync(sysfsRoot, { recursive: true });
});

const vf = (index: number) => {
  const found = layout.vfs[index];
  assert.ok(found);
  return found;
};

const shown = (index: number): string => {
  const folder = join(sysfsRoot, "bus/pci/devices", vf(index).pciAddress);
  return readdirSync(folder).includes("net") ? readdirSync(join(folder, "net")).join(" ") : "-";
};

/** Until it holds; fails after a second. Gives how long it took. */
async function within(boundMs: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > boundMs) assert.fail(`it did not happen in ${boundMs} ms`);
    await sleep(2);
  }
  return performance.now() - start;
}

test("the tree shows every VF at home when the card is plugged in", { skip }, () => {
  for (const { index, netdev } of layout.vfs) assert.equal(shown(index), netdev);
});

test("the tree follows a VF that leaves, comes back renamed, and is renamed", {
  skip,
}, async () => {
  using pod = await kernel.netnsScratch();
  await host.linkSet("enp3s0f0v0", { netns: pod, name: "eth0" });
  await within(200, () => shown(0) === "-");
  await pod.linkSet("eth0", { netns: host, name: "eth0" });
  await within(200, () => shown(0) === "eth0");
  await host.linkSet("eth0", { name: "enp3s0f0v0" });
  await within(200, () => shown(0) === "enp3s0f0v0");
  assert.equal(card.homecomings, 0);
});

test("a VF comes home as new when the pod's namespace dies", { skip }, async () => {
  const fresh = await host.link("enp3s0f0v1");
  const representor = await dpu.link("rep0v1");
  const before = card.homecomings;
  const pod = await kernel.netnsScratch();
  await host.linkSet("enp3s0f0v1", { netns: pod, name: "eth0", mtu: 1300, up: true });
  await dpu.linkSet("rep0v1", { up: true, mtu: 1300 });
  await within(200, () => shown(1) === "-");
  pod[Symbol.dispose]();
  await within(1_000, async () => (await host.link("enp3s0f0v1")) !== undefined);
  await card.settle();
  const home = await host.link("enp3s0f0v1");
  const again = await dpu.link("rep0v1");
  for (const [now, then] of [
    [home, fresh],
    [again, representor],
  ] as const) {
    assert.deepEqual(
      [now?.address, now?.mtu, now?.up, now?.kind],
      [then?.address, then?.mtu, then?.up, "veth"],
    );
  }
  assert.equal(shown(1), "enp3s0f0v1");
  assert.equal(card.homecomings, before + 1);
});

test("a VF that a plugin deletes is back within moments", { skip }, async () => {
  const before = card.homecomings;
  await host.linkDel("enp3s0f0v2");
  const tookMs = await within(1_000, () => card.homecomings === before + 1);
  assert.ok(tookMs < 700, `it took ${tookMs} ms`);
  assert.ok(await dpu.link("rep0v2"));
});

test("a VF comes home under another name when its own is taken", { skip }, async () => {
  using pod = await kernel.netnsScratch();
  await host.linkSet("enp3s0f0v3", { netns: pod, name: "eth0" });
  await host.linkAdd({ kind: "bridge", name: "enp3s0f0v3" });
  await pod.linkDel("eth0");
  await within(500, () => shown(3) === "dev3");
  assert.equal((await host.link("dev3"))?.address, card.table.get(3).mac);
  await host.linkDel("enp3s0f0v3");
});

test("all VFs of one pod come home together", { skip }, async () => {
  const before = card.homecomings;
  const pod: Netns & Partial<NamespaceMaker> = await kernel.netnsScratch();
  for (const index of [0, 1, 2]) {
    await host.linkSet(vf(index).netdev, { netns: pod, name: `net${index}` });
  }
  pod[Symbol.dispose]();
  await within(1_000, () => card.homecomings === before + 3);
  await card.settle();
  for (const index of [0, 1, 2]) assert.equal(shown(index), vf(index).netdev);
});

test("a VF in a pod stays there while its representor is in a namespace of a dataplane", {
  skip,
}, async () => {
  const before = card.homecomings;
  using pod = await kernel.netnsScratch();
  const port = join(sysfsRoot, "port");
  await kernel.netnsAdd(port);
  await host.linkSet(vf(2).netdev, { netns: pod, name: "eth0" });
  {
    using inside = await kernel.open(port);
    await dpu.linkSet(vf(2).representor, { netns: inside, name: "net0" });
  }
  await card.settle();
  await card.settle();
  assert.ok(await pod.link("eth0"));
  assert.equal(card.homecomings, before);
  // The dataplane's namespace dies with the representor in it: the pair is gone, and comes anew.
  await kernel.netnsDel(port);
  await within(1_000, () => card.homecomings === before + 1);
  assert.ok(await dpu.link(vf(2).representor));
});

test("bootDpu() brings representors as new into another namespace and leaves VFs in pods", {
  skip,
}, async () => {
  using pod = await kernel.netnsScratch();
  await host.linkSet(vf(0).netdev, { netns: pod, name: "eth0" });
  await dpu.linkSet(vf(0).representor, { up: true, mtu: 1400, alias: "busy" });
  await dpu.addressAdd(vf(0).representor, { address: "192.0.2.1/32" });
  const before = card.homecomings;
  const former = dpu;
  dpu = await kernel.netnsScratch();
  await card.bootDpu(dpu);
  former[Symbol.dispose]();
  const representor = await dpu.link(vf(0).representor);
  assert.deepEqual(
    [representor?.up, representor?.mtu, representor?.alias],
    [false, 1500, undefined],
  );
  assert.deepEqual(await dpu.addresses(), []);
  assert.ok(await pod.link("eth0"));
  await pod.linkSet("eth0", { netns: host, name: vf(0).netdev });
  await within(200, () => shown(0) === vf(0).netdev);
  assert.equal(card.homecomings, before);
});

test("bootHost() has every VF at home as new, also those of pods, at other addresses if asked", {
  skip,
}, async () => {
  using pod = await kernel.netnsScratch();
  await host.linkSet(vf(0).netdev, { netns: pod, name: "eth0" });
  await host.linkSet(vf(1).netdev, { mtu: 1300, alias: "busy" });
  const former = host;
  host = await kernel.netnsScratch();
  await card.bootHost(host, { shift: 8, count: 3 });
  former[Symbol.dispose]();
  assert.equal(await pod.link("eth0"), undefined);
  const names = (await host.links()).map(({ name }) => name).sort();
  assert.deepEqual(names, ["enp3s0f0", "enp3s0f0v0", "enp3s0f0v1", "enp3s0f0v2", "lo"]);
  assert.equal((await host.link("enp3s0f0v1"))?.mtu, 1500);
  assert.equal((await dpu.links()).filter(({ name }) => name.startsWith("rep0v")).length, 3);
  const [first] = card.layout.vfs;
  assert.equal(first?.pciAddress, "0000:03:01.1");
  const devices = join(sysfsRoot, "bus/pci/devices");
  assert.deepEqual(readdirSync(join(devices, "0000:03:01.1/net")), ["enp3s0f0v0"]);
  assert.deepEqual(readdirSync(devices).length, 4);
});

test("changeVfs() takes VFs out of pods and back under the same names", { skip }, async () => {
  using pod = await kernel.netnsScratch();
  await host.linkSet("enp3s0f0v0", { netns: pod, name: "eth0" });
  await card.changeVfs({ count: 2 });
  assert.equal(await pod.link("eth0"), undefined);
  assert.ok(await host.link("enp3s0f0v0"));
  assert.equal(await host.link("enp3s0f0v2"), undefined);
  assert.equal(card.layout.vfs.length, 2);
});
