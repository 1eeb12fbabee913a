/** Laws of links: adding, finding, changing, deleting, qdiscs. */
import assert from "node:assert/strict";
import { lawOf, linkOf, names, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

export function linkLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("linkAdd() makes a veth pair as asked, in two namespaces", async ({ a, b }) => {
    await a.linkAdd({
      kind: "veth",
      name: "left",
      mtu: 1400,
      address: "02:00:00:00:00:0a",
      peer: { name: "right", netns: b, mtu: 1300, address: "02:00:00:00:00:0B" },
    });
    const left = await linkOf(a, "left");
    const right = await linkOf(b, "right");
    assert.deepEqual([left.kind, left.mtu, left.address], ["veth", 1400, "02:00:00:00:00:0a"]);
    assert.deepEqual([right.kind, right.mtu, right.address], ["veth", 1300, "02:00:00:00:00:0b"]);
    assert.deepEqual([left.peer, right.peer], [right.index, left.index]);
    assert.equal(typeof left.peerNetnsId, "number");
    assert.deepEqual([left.up, left.running, left.promisc], [false, false, false]);
  });

  law("linkAdd() refuses names in use or impossible", async ({ a, b }) => {
    const bridge = (name: string) => a.linkAdd({ kind: "bridge", name });
    await bridge("br0");
    await refuses(bridge("br0"), "EEXIST", /^ip -n \S+ link add br0 type bridge$/);
    await refuses(
      a.linkAdd({ kind: "veth", name: "v", peer: { name: "br0" } }),
      "EEXIST",
      /type veth peer name br0$/,
    );
    await refuses(b.linkAdd({ kind: "veth", name: "lo", peer: { name: "x" } }), "EEXIST", /lo/);
    for (const name of ["", ".", "..", "a/b", "a b", "sixteen-letters-", "eth%d", "a:b"]) {
      await refuses(bridge(name), "EINVAL", /link add/);
    }
    await refuses(
      a.linkAdd({ kind: "veth", name: "v", address: "x", peer: { name: "w" } }),
      "EINVAL",
      /link add v/,
    );
    assert.deepEqual(await names(a), ["br0", "lo"]);
  });

  law("a veth runs when both its ends are up", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    assert.equal((await linkOf(a, "left")).running, true);
    await b.linkSet("right", { up: false });
    const left = await linkOf(a, "left");
    assert.deepEqual([left.up, left.running], [true, false]);
  });

  law("deleting one end of a veth deletes the other", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    await b.linkDel("right");
    assert.deepEqual([await names(a), await names(b)], [["lo"], ["lo"]]);
    await refuses(a.linkDel("left"), "ENODEV", /^ip -n \S+ link del dev left$/);
    assert.equal(await a.link("left"), undefined);
    await refuses(a.linkDel("lo"), "EOPNOTSUPP", /link del dev lo/);
  });

  law("linkSet() changes many things in one step, and each is read back", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", {
      name: "renamed",
      up: true,
      mtu: 1280,
      address: "02:00:00:00:00:77",
      promisc: true,
      allmulticast: true,
      txQueueLen: 77,
      alias: "pod default/web: eth0",
    });
    const link = await linkOf(a, "renamed");
    assert.deepEqual(
      [link.up, link.mtu, link.address, link.promisc, link.allmulticast, link.txQueueLen],
      [true, 1280, "02:00:00:00:00:77", true, true, 77],
    );
    assert.equal(link.alias, "pod default/web: eth0");
    await a.linkSet("renamed", { promisc: false, allmulticast: false, alias: "", up: false });
    const back = await linkOf(a, "renamed");
    assert.deepEqual([back.promisc, back.allmulticast, back.up], [false, false, false]);
    assert.equal(back.alias, undefined);
    assert.equal(await a.link("v"), undefined);
  });

  law("flags, group and sizes are changed and read back", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const before = await linkOf(a, "v");
    assert.deepEqual([before.multicast, before.arp, before.group, before.xdp], [true, true, 0, ""]);
    const sizes = { gsoMaxSize: 30_000, gsoMaxSegs: 30, groMaxSize: 20_000 };
    await a.linkSet("v", { multicast: false, arp: false, group: 7, ...sizes, xdp: "off" });
    const link = await linkOf(a, "v");
    assert.deepEqual([link.multicast, link.arp, link.group, link.xdp], [false, false, 7, ""]);
    assert.deepEqual([link.gsoMaxSize, link.gsoMaxSegs, link.groMaxSize], [30_000, 30, 20_000]);
    await a.linkSet("v", { multicast: true, arp: true, group: 0 });
    const back = await linkOf(a, "v");
    assert.deepEqual([back.multicast, back.arp, back.group], [true, true, 0]);
  });

  law("vfs() of a link that is no physical function are none, and cannot be set", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    assert.deepEqual(await a.vfs("v"), []);
    await refuses(a.vfSet("v", 0, { trust: true }), "EOPNOTSUPP", /ip.* set dev v vf 0 trust on/);
    await refuses(a.vfs("none"), "ENODEV", /ip.* link show dev none/);
    await refuses(a.vfSet("none", 0, { trust: true }), "ENODEV", /set dev none vf 0/);
  });

  law("features() are changed and read back, and go with the link", async ({ a, b }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const before = await a.features("v");
    assert.match(before, /^[0-9a-f]+( [0-9a-f]+)*$/);
    const none = before.replace(/[0-9a-f]+/g, "0");
    await a.featuresSet("v", none);
    await a.linkSet("v", { netns: b });
    assert.equal(await b.features("v"), none);
    await b.featuresSet("v", before);
    assert.equal(await b.features("v"), before);
    await refuses(b.features("none"), "ENODEV", /ethtool -k none/);
    await refuses(b.featuresSet("v", "0 0 0 0 0 0"), "EINVAL", /ethtool -K v/);
  });

  law("linkSet() without a change does nothing, but the link must be there", async ({ a }) => {
    await a.linkSet("lo", {});
    await refuses(a.linkSet("none", {}), "ENODEV", /link set dev none/);
    await refuses(a.linkSet("none", { up: true }), "ENODEV", /link set dev none up/);
  });

  law("linkSet() refuses what cannot be", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await refuses(a.linkSet("v", { name: "w" }), "EEXIST", /name w/);
    await refuses(a.linkSet("v", { name: "a b" }), "EINVAL", /name a b/);
    await refuses(a.linkSet("v", { mtu: 10 }), "EINVAL", /mtu 10/);
    await refuses(a.linkSet("v", { mtu: 70_000 }), "EINVAL", /mtu 70000/);
    await refuses(a.linkSet("v", { address: "01:00:00:00:00:01" }), "EADDRNOTAVAIL", /address/);
    await refuses(a.linkSet("v", { address: "02:00:00:00:00" }), "EINVAL", /address/);
    await refuses(a.linkSet("v", { master: "none" }), "ENODEV", /master none/);
    await refuses(a.linkSet("v", { master: "w" }), "EOPNOTSUPP", /master w/);
  });

  law("alternative names find the link, are unique, and can be removed", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const long = "an-alternative-name-longer-than-fifteen";
    await a.linkSet("v", { altNames: { add: ["short", long] } });
    const index = (await linkOf(a, "v")).index;
    assert.equal((await linkOf(a, "short")).index, index);
    assert.equal((await linkOf(a, long)).index, index);
    assert.deepEqual([...(await linkOf(a, "v")).altNames].sort(), [long, "short"]);
    await refuses(a.linkSet("w", { altNames: { add: ["short"] } }), "EEXIST", /altname short/);
    await refuses(a.linkSet("w", { altNames: { del: ["none"] } }), "ENOENT", /altname none/);
    await refuses(a.linkSet("w", { name: "short" }), "EEXIST", /name short/);
    await a.linkSet("short", { altNames: { del: ["short"] } });
    assert.deepEqual((await linkOf(a, "v")).altNames, [long]);
    assert.equal(await a.link("x".repeat(200)), undefined);
    assert.equal(await a.link(""), undefined);
  });

  law("a bridge takes a port and gives it up", async ({ a }) => {
    await a.linkAdd({ kind: "bridge", name: "br0", mtu: 1400 });
    const bridge = await linkOf(a, "br0");
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", { master: "br0", up: true });
    assert.deepEqual([bridge.kind, bridge.mtu], ["bridge", 1400]);
    assert.equal((await linkOf(a, "v")).master, bridge.index);
    await a.linkSet("v", { master: null });
    assert.equal((await linkOf(a, "v")).master, undefined);
    await a.linkSet("v", { master: "br0" });
    await a.linkDel("br0");
    assert.equal((await linkOf(a, "v")).master, undefined);
  });

  law("clsact is added once, shown, and deleted", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const clsact = { kind: "clsact", handle: "", parent: "clsact" };
    assert.deepEqual(await a.qdiscs("v"), []);
    await a.qdiscAdd("v", clsact);
    assert.deepEqual(await a.qdiscs("v"), [{ ...clsact, handle: "ffff:" }]);
    assert.deepEqual(await a.qdiscs("w"), []);
    await refuses(a.qdiscAdd("v", clsact), "EEXIST", /^tc -n \S+ qdisc add dev v clsact$/);
    await a.qdiscDel("v", clsact);
    assert.deepEqual(await a.qdiscs("v"), []);
    await refuses(a.qdiscDel("v", clsact), "EINVAL", /qdisc del dev v clsact/);
    await refuses(a.qdiscs("none"), "ENODEV", /qdisc show dev none/);
  });

  law("many verbs at once all happen", async ({ a, b }) => {
    const each = Array.from({ length: 40 }, (_, i) => i);
    await Promise.all(
      each.map(async (i) => {
        await a.linkAdd({ kind: "veth", name: `v${i}`, peer: { name: `p${i}`, netns: b } });
        await b.linkSet(`p${i}`, { up: true, alias: `pod ${i}` });
        await b.addressAdd(`p${i}`, { address: `10.0.0.${i}/32` });
      }),
    );
    assert.equal((await a.links()).length, 41);
    assert.equal((await b.addresses()).filter((found) => found.family === 4).length, 40);
    await Promise.all(each.map((i) => a.linkDel(`v${i}`)));
    assert.deepEqual(await names(b), ["lo"]);
  });
}
