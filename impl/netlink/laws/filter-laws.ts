/** Laws of filters: programs at the hooks of a link's clsact qdisc that judge frames. */
import assert from "node:assert/strict";
import type { Filter } from "../kernel.ts";
import { lawOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

const clsact = { kind: "clsact", handle: "", parent: "clsact" } as const;
/** "ret 2": everything is dropped; "ret -1": nothing is */
const dropAll: Filter = { hook: "ingress", preference: 100, bytecode: "1,6 0 0 2" };
const dropNone: Filter = { hook: "egress", preference: 50, bytecode: "1,6 0 0 4294967295" };

export function filterLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("filters are added, shown by hook and preference, and deleted", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.qdiscAdd("left", clsact);
    const later: Filter = { ...dropNone, hook: "ingress", preference: 200 };
    for (const filter of [dropNone, later, dropAll]) await a.filterAdd("left", filter);
    assert.deepEqual(await a.filters("left"), [dropAll, later, dropNone]);
    assert.deepEqual(await a.filters("lo"), []);
    await a.filterDel("left", dropAll);
    assert.deepEqual(await a.filters("left"), [later, dropNone]);
    await refuses(a.filterDel("left", dropAll), "ENOENT", /filter del dev left ingress pref 100/);
  });

  law("a filter is no redirect, and a redirect no filter", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.qdiscAdd("left", clsact);
    await a.filterAdd("left", dropAll);
    await a.redirectAdd("left", { preference: 40_000, to: "lo", by: "mirred" });
    assert.deepEqual(await a.filters("left"), [dropAll]);
    assert.equal((await a.redirects("left")).length, 1);
  });

  law("filters go with the qdisc, and with a move to another namespace", async (bench) => {
    const { a, b } = bench;
    await a.linkAdd({ kind: "veth", name: "left", peer: { name: "right" } });
    for (const link of ["left", "right"]) {
      await a.qdiscAdd(link, clsact);
      await a.filterAdd(link, dropAll);
    }
    await a.qdiscDel("left", clsact);
    assert.deepEqual(await a.filters("left"), []);
    await a.linkSet("right", { netns: b });
    assert.deepEqual(await b.filters("right"), []);
  });

  law("a filter needs a link, a qdisc and a program", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await refuses(a.filterAdd("left", dropAll), "EINVAL", /filter add dev left ingress/);
    await refuses(a.filterAdd("none", dropAll), "ENODEV", /filter add dev none/);
    await refuses(a.filters("none"), "ENODEV", /filter show dev none/);
    await a.qdiscAdd("left", clsact);
    for (const bytecode of ["", "2,6 0 0 2", "1,6 0 0", "1,6 0 256 2", "1,99999 0 0 2"]) {
      await refuses(a.filterAdd("left", { ...dropAll, bytecode }), "EINVAL", /filter add dev left/);
    }
  });

  law("drops are counted of each link that has such a qdisc", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    assert.deepEqual(await a.drops(), new Map());
    await a.qdiscAdd("left", clsact);
    assert.deepEqual(await a.drops(), new Map([["left", 0]]));
  });
}
