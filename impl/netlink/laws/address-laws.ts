/** Laws of addresses. */
import assert from "node:assert/strict";
import { given, lawOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

export function addressLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("addresses of both families are added, shown and deleted", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.addressAdd("left", { address: "10.0.0.1/24" });
    await a.addressAdd("left", { address: "10.0.9.9/32", scope: "link" });
    await a.addressAdd("left", { address: "fd00:0:0::1/64", nodad: true });
    const all = await a.addresses("left");
    const shown = all
      .filter((each) => !each.address.startsWith("fe80:"))
      .sort((x, y) => (x.address < y.address ? -1 : 1));
    assert.deepEqual(
      shown.map(({ link, family, address, scope }) => [link, family, address, scope]),
      [
        ["left", 4, "10.0.0.1/24", "global"],
        ["left", 4, "10.0.9.9/32", "link"],
        ["left", 6, "fd00::1/64", "global"],
      ],
    );
    assert.deepEqual([...(shown[2]?.flags ?? [])].sort(), ["nodad", "permanent"]);
    await a.addressDel("left", "10.0.0.1/24");
    await a.addressDel("left", "fd00::1/64");
    assert.deepEqual(await given(a), ["10.0.9.9/32"]);
  });

  law("an address is added once per link, and deleted once", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    for (const address of ["10.0.0.1/24", "fd00::1/64"]) {
      await a.addressAdd("left", { address, nodad: true });
      await refuses(a.addressAdd("left", { address }), "EEXIST", /address add \S+ dev left$/);
      await b.addressAdd("right", { address });
      await a.addressDel("left", address);
      await refuses(a.addressDel("left", address), "EADDRNOTAVAIL", /address del \S+ dev left$/);
    }
    assert.equal((await given(b)).length, 2);
  });

  law("addresses need a link, and must be addresses", async ({ a }) => {
    await refuses(a.addressAdd("none", { address: "10.0.0.1/24" }), "ENODEV", /dev none/);
    await refuses(a.addresses("none"), "ENODEV", /address show dev none/);
    for (const address of ["10.0.0.1/33", "10.0.0/8", "", "fd00::1/129", "fe80::1%lo/64", "x"]) {
      await refuses(a.addressAdd("lo", { address }), "EINVAL", /address add/);
    }
  });

  law("an address brings its prefix route, unless asked not to", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.addressAdd("left", { address: "10.0.0.1/24" });
    await a.addressAdd("left", { address: "10.5.0.1/24", noprefixroute: true });
    await a.addressAdd("left", { address: "10.6.0.1/32" });
    await a.addressAdd("left", { address: "fd00::1/64", nodad: true });
    const routes = (await a.routes()).filter((route) => !route.dst.startsWith("fe80:"));
    assert.deepEqual(
      routes.map(({ dst, dev, src, protocol, scope }) => ({ dst, dev, src, protocol, scope })),
      [
        { dst: "10.0.0.0/24", dev: "left", src: "10.0.0.1", protocol: "kernel", scope: "link" },
        { dst: "fd00::/64", dev: "left", src: undefined, protocol: "kernel", scope: undefined },
      ],
    );
    await a.addressDel("left", "10.0.0.1/24");
    await a.addressDel("left", "fd00::1/64");
    assert.deepEqual(
      (await a.routes()).filter((route) => !route.dst.startsWith("fe80:")),
      [],
    );
  });

  law("going down costs a link its IPv6 addresses, not its IPv4 ones", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.addressAdd("left", { address: "10.0.0.1/24" });
    await a.addressAdd("left", { address: "fd00::1/64", nodad: true });
    await a.linkSet("left", { up: false });
    assert.deepEqual(await given(a), ["10.0.0.1/24"]);
    assert.deepEqual(await a.routes(), []);
    await a.linkSet("left", { up: true });
    const dsts = (await a.routes()).map((route) => route.dst);
    assert.ok(dsts.includes("10.0.0.0/24"), dsts.join());
  });
}
