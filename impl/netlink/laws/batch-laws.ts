/** Laws of a batch: it is its verbs one after another, whatever became of each. */
import assert from "node:assert/strict";
import type { Change, Netns } from "../kernel.ts";
import { oneByOne } from "../one-by-one.ts";
import { given, lawOf, linkOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

const changes: readonly Change[] = [
  { verb: "addressAdd", link: "left", address: { address: "10.0.0.1/32" } },
  { verb: "addressAdd", link: "left", address: { address: "fd00::1/128", nodad: true } },
  { verb: "addressAdd", link: "left", address: { address: "10.0.0.1/32" } },
  { verb: "linkSet", link: "left", change: { mtu: 1400, up: true, alias: "it" } },
  { verb: "routeAdd", route: { dst: "10.0.0.9/32", dev: "left", scope: "link" } },
  { verb: "routeAdd", route: { dst: "0.0.0.0/0", via: "10.0.0.9", dev: "left" } },
  { verb: "routeAdd", route: { dst: "10.8.0.0/16", via: "192.0.2.1", dev: "left" } },
  { verb: "routeReplace", route: { dst: "0.0.0.0/0", via: "10.0.0.9", dev: "left", mtu: 1300 } },
  { verb: "routeDel", route: { dst: "10.77.0.0/16", dev: "left" } },
  {
    verb: "neighReplace",
    link: "left",
    neigh: { address: "10.0.0.9", lladdr: "02:00:00:00:00:09" },
  },
  { verb: "neighDel", link: "left", address: "10.0.0.10" },
  { verb: "addressDel", link: "left", address: "10.0.0.2/32" },
  { verb: "linkSet", link: "nowhere", change: { up: true } },
  { verb: "addressAdd", link: "left", address: { address: "10.0.0.3/32" } },
];

const refusals = {
  2: "EEXIST",
  6: "ENETUNREACH",
  8: "ESRCH",
  10: "ENOENT",
  11: "EADDRNOTAVAIL",
  12: "ENODEV",
};

export function batchLaws(world: LawWorld): void {
  const law = lawOf(world);

  law(
    "a batch does what its verbs do one by one, and tells by place what was refused",
    async (bench) => {
      const { a, b } = bench;
      await pairUp(bench);
      await b.linkSet("right", { name: "left" });
      const [inA, inB] = [await a.batch(changes), await oneByOne(b, changes)];
      for (const results of [inA, inB]) {
        const errnos = results.map((error) => error?.errno);
        assert.deepEqual({ ...errnos }, { ...changes.map(() => undefined), ...refusals });
      }
      assert.deepEqual(
        inA.map((error) => error?.command),
        inB.map((error) => error?.command.replace(b.name, a.name)),
      );
      assert.deepEqual(await stateOf(a), await stateOf(b));
      assert.deepEqual(await given(a), ["10.0.0.1/32", "10.0.0.3/32", "fd00::1/128"]);
      assert.equal((await linkOf(a, "left")).mtu, 1400);
    },
  );

  law(
    "a batch of nothing does nothing, and one that is all refused says so of each",
    async ({ a }) => {
      assert.deepEqual(await a.batch([]), []);
      const del = { verb: "routeDel", route: { dst: "10.0.0.0/8" } } as const;
      const errnos = (await a.batch([del, del])).map((error) => error?.errno);
      assert.deepEqual(errnos, ["ESRCH", "ESRCH"]);
      const bad = { verb: "routeAdd", route: { dst: "nonsense" } } as const;
      const [, second] = await a.batch([del, bad]);
      assert.equal(second?.errno, "EINVAL");
    },
  );

  law("a batch needs a handle that is held", async ({ kernel }) => {
    const gone = await kernel.netnsScratch();
    gone[Symbol.dispose]();
    const route = { dst: "10.0.0.0/8", kind: "blackhole" } as const;
    const work = gone.batch([{ verb: "routeAdd", route }]).then(([error]) => Promise.reject(error));
    await refuses(work, "EBADF", /route|batch/);
  });
}

async function stateOf(netns: Netns): Promise<unknown> {
  const { mtu, alias, up } = await linkOf(netns, "left");
  const routes = (await netns.routes())
    .filter(({ dst }) => !/^f[ef]/.test(dst))
    .map(({ dst, via, dev, mtu: routeMtu }) => [dst, via, dev, routeMtu].join(" "));
  const neighs = (await netns.neighs("left"))
    .filter(({ state }) => state === "permanent")
    .map(({ address, lladdr }) => `${address} ${lladdr}`);
  return { mtu, alias, up, routes: routes.sort(), neighs };
}
