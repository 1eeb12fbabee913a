/** `delegate` after restarts, reboots and other people's hands: ports go on, nothing leaks, no address is lost. */
import assert from "node:assert/strict";
import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { linuxKernel } from "../../../netlink/linux.ts";
import type { PortSetting } from "../../dataplane.ts";
import { bridgeList, delegateWorld, withoutPlugins } from "./delegate-world.ts";

const skip = await withoutPlugins();
const { signal } = new AbortController();
const requestOf = (id: string, representor: string) => ({
  ...{ key: `net/${id}/eth0`, representor, networkConfig: "{}" },
  mac: `02:00:00:00:00:0${id.length}`,
});
const nothing: PortSetting = { addresses: [], routes: [], mtu: 0, mac: "", dns: {} };

for (const how of ["mirred", "bpf"] as const) {
  test(`check() names what is missing of a seam by ${how}, and attach() mends only that`, {
    skip,
  }, async () => {
    await using world = await delegateWorld({ join: how });
    const request = requestOf("a", "rep0v0");
    const setting = await world.dataplane.attach(request, signal);
    const attached = { ...request, setting };
    await world.dataplane.check(attached);
    using port = await world.portNamespace(request.key);
    const { netns } = world;
    const harms = [
      [() => port.redirectDel("rep0v0", 40_000), /^what comes in at "rep0v0" is not redirected/],
      [() => port.redirectDel("eth0", 40_000), /^what comes in at "eth0" is not redirected/],
      [() => port.linkSet("rep0v0", { mtu: 1300 }), /^representor "rep0v0" has MTU 1300/],
      [() => port.linkSet("rep0v0", { up: false }), /^representor "rep0v0" is down$/],
      [() => port.linkSet("rep0v0", { netns }), /^representor "rep0v0" is not in the port's/],
    ] as const;
    for (const [harm, says] of harms) {
      await harm();
      const checking = world.dataplane.check(attached);
      await assert.rejects(checking, { name: "CheckFailure", message: says });
      const { addresses } = setting;
      const next = await world.restart();
      assert.deepEqual(await next.attach({ ...request, addresses }, signal), setting);
      await next.check(attached);
    }
  });
}

for (const ips of [true, false]) {
  test(`a port whose namespace a reboot took is made again with its address, ${ips ? "by capability" : "by args"}`, {
    skip,
  }, async () => {
    const list = (folder: string) => {
      const [bridge] = bridgeList(folder)["plugins"] as object[];
      return { ...bridgeList(folder), plugins: [{ ...bridge, capabilities: { mac: true, ips } }] };
    };
    await using world = await delegateWorld({ list });
    // The first address is another port's: a plugin that was not asked for one would give a later one.
    await world.dataplane.attach(requestOf("aa", "rep0v1"), signal);
    const request = requestOf("a", "rep0v0");
    const setting = await world.dataplane.attach(request, signal);
    await linuxKernel().netnsDel(world.path(request.key));
    // With the namespace the emulated representor died; a card's own comes home.
    await world.netns.linkAdd({ kind: "veth", name: "rep0v0", mtu: 1450, peer: { name: "again" } });
    const next = await world.restart();
    const { addresses } = setting;
    const again = await next.attach({ ...request, addresses }, signal);
    assert.deepEqual(again, setting);
    await next.check({ ...request, setting });
    const other = await next.attach(requestOf("aaa", "rep0v2"), signal);
    assert.notDeepEqual(other.addresses, addresses);
  });
}

for (const damaged of [false, true]) {
  test(`a port that the agent does not know is kept until its VF is used again${damaged ? ", though its record is damaged" : ""}`, {
    skip,
  }, async () => {
    await using world = await delegateWorld();
    const reserved = async () => {
      const files = await readdir(join(world.folder, "ipam", "podnet"));
      return files.filter((name) => /^\d/.test(name)).length;
    };
    const [kept, lost] = [requestOf("a", "rep0v0"), requestOf("aa", "rep0v1")];
    const setting = await world.dataplane.attach(kept, signal);
    const before = await world.dataplane.attach(lost, signal);
    if (damaged) await world.deleteRecord(lost.key);
    const next = await world.restart();
    await next.attach({ ...kept, addresses: setting.addresses }, signal);
    await next.collect?.([kept.key]);
    await next.check({ ...kept, setting });
    assert.equal(await reserved(), 2);
    const heir = await next.attach(requestOf("aaa", "rep0v1"), signal);
    assert.notDeepEqual(heir.addresses, before.addresses);
    assert.equal(await reserved(), 2);
    await assert.rejects(world.portNamespace(lost.key), /ENOENT/);
  });
}

test("a port that the agent does not know is removed when its representor is gone", {
  skip,
}, async () => {
  await using world = await delegateWorld();
  const lost = requestOf("a", "rep0v0");
  await world.dataplane.attach(lost, signal);
  await world.deleteRecord(lost.key);
  await world.remove("rep0v0");
  const next = await world.restart();
  await next.collect?.([]);
  const files = await readdir(join(world.folder, "ipam", "podnet"));
  assert.deepEqual(
    files.filter((name) => /^\d/.test(name)),
    [],
  );
  await assert.rejects(world.portNamespace(lost.key), /ENOENT/);
});

test("a port that a crash left half made is deleted after the restart", { skip }, async () => {
  await using world = await delegateWorld();
  const before = await world.snapshot();
  const request = requestOf("a", "rep0v0");
  // Everything is made but the record says that it was not finished.
  await world.dataplane.attach(request, signal);
  const record = await world.record(request.key);
  assert.ok(record);
  const { setting: _setting, ...adding } = record;
  await world.putRecord(request.key, { ...adding, phase: "adding" });
  const next = await world.restart();
  await assert.rejects(next.check({ ...request, setting: nothing }), /no such port/);
  await next.detach({ ...request, setting: nothing });
  assert.deepEqual(await world.snapshot(), before);
});

test("a port without a record is deleted by the list of today", { skip }, async () => {
  await using world = await delegateWorld();
  const before = await world.snapshot();
  const request = requestOf("a", "rep0v0");
  await world.dataplane.attach(request, signal);
  await world.deleteRecord(request.key);
  await (await world.restart()).detach({ ...request, setting: nothing });
  const home = await world.netns.link("rep0v0");
  await world.netns.linkSet("rep0v0", { mtu: 1450 });
  assert.ok(home);
  assert.deepEqual(await world.snapshot(), before);
  assert.deepEqual(
    (await readdir(join(world.folder, "ipam", "podnet"))).filter((name) => /^\d/.test(name)),
    [],
  );
});

test("a configuration that is not there is the health's news, and is found when it comes", {
  skip,
}, async () => {
  await using world = await delegateWorld();
  await unlink(join(world.folder, "net.conflist"));
  const next = await world.restart();
  const health = await next.health();
  assert.match("reason" in health ? health.reason : "", /net.conflist": there is no such file$/);
  await assert.rejects(next.attach(requestOf("a", "rep0v0"), signal), /there is no such file/);
  await world.configure(bridgeList(world.folder));
  assert.equal((await next.attach(requestOf("a", "rep0v0"), signal)).addresses.length, 1);
});
