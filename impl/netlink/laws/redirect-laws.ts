/** Laws of redirects: what comes in at one link and leaves by another. */
import assert from "node:assert/strict";
import { lawOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

const clsact = { kind: "clsact", handle: "", parent: "clsact" } as const;

export function redirectLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("redirects are added, shown and deleted", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.linkAdd({ kind: "veth", name: "other", peer: { name: "far" } });
    await a.qdiscAdd("left", clsact);
    const redirect = { preference: 40_000, to: "other", by: "mirred" } as const;
    await a.redirectAdd("left", redirect);
    assert.deepEqual(await a.redirects("left"), [redirect]);
    assert.deepEqual(await a.redirects("other"), []);
    await refuses(a.redirectAdd("left", redirect), "EEXIST", /tc .*filter add dev left ingress/);
    await a.redirectDel("left", 40_000);
    assert.deepEqual(await a.redirects("left"), []);
    await refuses(
      a.redirectDel("left", 40_000),
      "ENOENT",
      /filter del dev left ingress pref 40000/,
    );
  });

  law("a redirect whose other link is gone leads nowhere", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.linkAdd({ kind: "veth", name: "other", peer: { name: "far" } });
    await a.qdiscAdd("left", clsact);
    await a.redirectAdd("left", { preference: 1, to: "other", by: "mirred" });
    await a.linkDel("other");
    assert.deepEqual(await a.redirects("left"), [{ preference: 1, to: "", by: "mirred" }]);
  });

  law("redirects go with the qdisc, and with a move to another namespace", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    await a.linkAdd({ kind: "veth", name: "other", peer: { name: "far" } });
    for (const link of ["left", "other"]) {
      await a.qdiscAdd(link, clsact);
      await a.redirectAdd(link, { preference: 1, to: "far", by: "mirred" });
    }
    await a.qdiscDel("left", clsact);
    assert.deepEqual(await a.redirects("left"), []);
    await a.linkSet("other", { netns: b });
    assert.deepEqual(await b.redirects("other"), []);
    assert.deepEqual(await b.qdiscs("other"), []);
  });

  law("a redirect needs two links and a qdisc", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    const to = (link: string) => ({ preference: 1, to: link, by: "mirred" }) as const;
    await refuses(a.redirectAdd("left", to("lo")), "EINVAL", /filter add dev left/);
    await refuses(a.redirectAdd("none", to("lo")), "ENODEV", /filter add dev none/);
    await a.qdiscAdd("left", clsact);
    await refuses(a.redirectAdd("left", to("none")), "ENODEV", /filter add dev left/);
    await refuses(a.redirects("none"), "ENODEV", /filter show dev none/);
    await refuses(a.redirectDel("left", 7), "ENOENT", /filter del dev left/);
  });
}
