/** Laws of neighbours, proxy entries and raw frames. */
import assert from "node:assert/strict";
import { lawOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

export function neighLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("permanent neighbours are replaced, shown and deleted", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    for (const address of ["10.0.0.2", "fd00::2"]) {
      await a.neighReplace("left", { address, lladdr: "02:00:00:00:00:01" });
      await a.neighReplace("left", { address, lladdr: "02:00:00:00:00:02" });
    }
    const permanent = (await a.neighs("left")).filter((each) => each.state === "permanent");
    assert.deepEqual(permanent, [
      { address: "10.0.0.2", lladdr: "02:00:00:00:00:02", state: "permanent" },
      { address: "fd00::2", lladdr: "02:00:00:00:00:02", state: "permanent" },
    ]);
    assert.deepEqual(await b.neighs("right"), []);
    for (const address of ["10.0.0.2", "fd00::2"]) {
      await a.neighDel("left", address);
      await refuses(a.neighDel("left", address), "ENOENT", /neigh del \S+ dev left$/);
    }
    assert.deepEqual(await a.neighs("left"), []);
  });

  law("proxy entries are kept apart from neighbours", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    for (const address of ["10.0.0.7", "fd00::7"]) {
      await a.neighReplace("left", { address, lladdr: "", proxy: true });
      await a.neighReplace("left", { address, lladdr: "", proxy: true });
      await refuses(a.neighDel("left", address), "ENOENT", /neigh del \S+ dev left$/);
    }
    assert.deepEqual(await a.neighs("left"), [
      { address: "10.0.0.7", lladdr: "", proxy: true },
      { address: "fd00::7", lladdr: "", proxy: true },
    ]);
    await a.neighDel("left", "10.0.0.7", true);
    await a.neighDel("left", "fd00::7", true);
    await refuses(a.neighDel("left", "fd00::7", true), "ENOENT", /neigh del proxy/);
    assert.deepEqual(await a.neighs("left"), []);
  });

  law("neighbours need a link and must be addresses", async ({ a }) => {
    const lladdr = "02:00:00:00:00:01";
    await refuses(a.neighReplace("none", { address: "10.0.0.2", lladdr }), "ENODEV", /dev none/);
    await refuses(a.neighReplace("lo", { address: "10.0.0", lladdr }), "EINVAL", /neigh/);
    await refuses(a.neighReplace("lo", { address: "10.0.0.2", lladdr: "x" }), "EINVAL", /neigh/);
    await refuses(a.neighs("none"), "ENODEV", /neigh show dev none/);
  });

  law("a frame needs a link that is up, and room", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.sendFrame("left", new Uint8Array(60));
    await refuses(a.sendFrame("left", new Uint8Array(1600)), "EMSGSIZE", /frame out of left/);
    await refuses(a.sendFrame("none", new Uint8Array(60)), "ENODEV", /frame out of none/);
    await a.linkSet("left", { up: false });
    await refuses(a.sendFrame("left", new Uint8Array(60)), "ENETDOWN", /frame out of left/);
  });
}
