/** Laws of moving a link between namespaces. */
import assert from "node:assert/strict";
import { given, lawOf, linkOf, names, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

export function moveLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("moving renames in the same step, and keeps what belongs to the link", async ({ a, b }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", {
      up: true,
      mtu: 1300,
      address: "02:00:00:00:00:77",
      alias: "kept",
      txQueueLen: 55,
      promisc: true,
      altNames: { add: ["also-kept"] },
    });
    await a.linkSet("v", { netns: b, name: "eth0" });
    assert.deepEqual(
      [await names(a), await names(b)],
      [
        ["lo", "w"],
        ["eth0", "lo"],
      ],
    );
    const { mtu, address, alias, txQueueLen, altNames, up, promisc } = await linkOf(b, "eth0");
    assert.deepEqual(
      { mtu, address, alias, txQueueLen, altNames, promisc },
      {
        mtu: 1300,
        address: "02:00:00:00:00:77",
        alias: "kept",
        txQueueLen: 55,
        altNames: ["also-kept"],
        promisc: true,
      },
    );
    assert.equal(up, false);
  });

  law("a move can carry other changes with it", async ({ a, b }) => {
    await b.linkAdd({ kind: "bridge", name: "br0" });
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const altNames = { add: ["pod-side"] };
    await a.linkSet("v", { netns: b, name: "eth0", up: true, mtu: 1400, master: "br0", altNames });
    const link = await linkOf(b, "pod-side");
    assert.deepEqual([link.name, link.up, link.mtu], ["eth0", true, 1400]);
    assert.equal(link.master, (await linkOf(b, "br0")).index);
  });

  law("a moved link loses addresses, routes, neighbours, master and qdiscs", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.addressAdd("left", { address: "10.0.0.1/24" });
    await a.addressAdd("left", { address: "fd00::1/64", nodad: true });
    await a.routeAdd({ dst: "10.9.0.0/16", via: "10.0.0.2" });
    await a.neighReplace("left", { address: "10.0.0.2", lladdr: "02:00:00:00:00:01" });
    await a.qdiscAdd("left", { kind: "clsact", handle: "", parent: "clsact" });
    await a.linkSet("left", { master: "br0" });
    await a.linkSet("left", { netns: b, name: "moved" });
    assert.deepEqual(await given(a), []);
    assert.deepEqual(await given(b), []);
    assert.deepEqual(await a.routes(), []);
    assert.deepEqual(await b.neighs("moved"), []);
    assert.deepEqual(await b.qdiscs("moved"), []);
    assert.equal((await linkOf(b, "moved")).master, undefined);
  });

  law("an old name that is taken in the target is no obstacle", async ({ a, b }) => {
    await b.linkAdd({ kind: "bridge", name: "v" });
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await refuses(a.linkSet("v", { netns: b }), "EEXIST", /^ip -n \S+ link set dev v netns/);
    await a.linkSet("v", { netns: b, name: "eth0" });
    assert.deepEqual(await names(b), ["eth0", "lo", "v"]);
    assert.equal((await linkOf(b, "v")).kind, "bridge");
  });

  law("a new name that is taken keeps the link at home, as it was", async ({ a, b }) => {
    await b.linkAdd({ kind: "bridge", name: "eth0" });
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", { up: true });
    await a.addressAdd("v", { address: "10.0.0.1/24" });
    await refuses(a.linkSet("v", { netns: b, name: "eth0" }), "EEXIST", /netns \S+ name eth0$/);
    assert.deepEqual(
      [await names(a), await names(b)],
      [
        ["lo", "v", "w"],
        ["eth0", "lo"],
      ],
    );
    assert.deepEqual(await given(a, "v"), ["10.0.0.1/24"]);
    assert.equal((await linkOf(a, "v")).up, true);
  });

  law("moving to the own namespace is a rename at most", async ({ a }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const { index } = await linkOf(a, "v");
    await a.linkSet("v", { netns: a });
    await a.linkSet("v", { netns: a, name: "eth0" });
    assert.equal((await linkOf(a, "eth0")).index, index);
  });

  law("a veth pair stays joined wherever its ends go", async ({ kernel, a, b }) => {
    using c = await kernel.netnsScratch();
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", { netns: b });
    await a.linkSet("w", { netns: c, up: true });
    await b.linkSet("v", { up: true });
    assert.equal((await linkOf(c, "w")).running, true);
    await b.linkSet("v", { netns: c });
    const v = await linkOf(c, "v");
    assert.equal(v.peer, (await linkOf(c, "w")).index);
    assert.equal(v.peerNetnsId, undefined);
  });

  law("lo and bridges cannot move", async ({ a, b }) => {
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await refuses(a.linkSet("lo", { netns: b, name: "lo2" }), "EINVAL", /link set dev lo/);
    await refuses(a.linkSet("br0", { netns: b }), "EINVAL", /link set dev br0/);
  });
}
