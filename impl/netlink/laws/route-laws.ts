/** Laws of routes and rules. */
import assert from "node:assert/strict";
import type { Netns, Route, RouteSpec } from "../kernel.ts";
import { type Bench, lawOf, pairUp, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

async function addressed(bench: Bench): Promise<Netns> {
  await pairUp(bench);
  await bench.a.addressAdd("left", { address: "10.0.0.1/24" });
  await bench.a.addressAdd("left", { address: "fd00::1/64", nodad: true });
  return bench.a;
}

/** Routes we asked for, without what the kernel adds by itself. */
async function ours(netns: Netns): Promise<Route[]> {
  return (await netns.routes()).filter((route) => route.protocol === "boot");
}

export function routeLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("routes of both families are added, shown and deleted", async (bench) => {
    const a = await addressed(bench);
    const specs: readonly RouteSpec[] = [
      { dst: "10.9.0.0/16", via: "10.0.0.2", dev: "left", mtu: 1400, advmss: 1300, metric: 7 },
      { dst: "10.8.0.0/16", dev: "left", src: "10.0.0.1", table: 1000 },
      { dst: "0.0.0.0/0", via: "10.0.0.2" },
      { dst: "fd09::/32", via: "fd00::2", dev: "left", mtu: 1400, metric: 7 },
      { dst: "::/0", via: "fd00::2" },
    ];
    for (const spec of specs) await a.routeAdd(spec);
    const shown = await ours(a);
    const common = { dev: "left", protocol: "boot", kind: "unicast" as const };
    const v4 = { ...common, family: 4 as const };
    const v6 = { ...common, family: 6 as const };
    const expected: readonly Route[] = [
      { ...v4, ...specs[0], dst: "10.9.0.0/16", table: 254 },
      { ...v4, ...specs[1], dst: "10.8.0.0/16", table: 1000, scope: "link" },
      { ...v4, dst: "0.0.0.0/0", via: "10.0.0.2", table: 254 },
      { ...v6, ...specs[3], dst: "fd09::/32", table: 254 },
      { ...v6, dst: "::/0", via: "fd00::2", metric: 1024, table: 254 },
    ];
    assert.deepEqual(sorted(shown), sorted(expected));
    for (const spec of specs) await a.routeDel(spec);
    assert.deepEqual(await ours(a), []);
  });

  law("a route is added once, and deleted once", async (bench) => {
    const a = await addressed(bench);
    for (const spec of [
      { dst: "10.9.0.0/16", via: "10.0.0.2" },
      { dst: "fd09::/32", via: "fd00::2" },
    ]) {
      await a.routeAdd(spec);
      await refuses(a.routeAdd(spec), "EEXIST", /^ip -n \S+ route add \S+ via \S+$/);
      await a.routeAdd({ ...spec, metric: 77 });
      await a.routeDel({ ...spec, metric: 77 });
      await a.routeDel(spec);
      await refuses(a.routeDel(spec), "ESRCH", /route del/);
    }
  });

  law("routeReplace() adds, and then replaces", async (bench) => {
    const a = await addressed(bench);
    for (const [dst, first, second] of [
      ["10.9.0.0/16", "10.0.0.2", "10.0.0.3"],
      ["fd09::/32", "fd00::2", "fd00::3"],
    ] as const) {
      await a.routeReplace({ dst, via: first });
      await a.routeReplace({ dst, via: second, mtu: 1300 });
      const shown = (await ours(a)).filter((route) => route.dst === dst);
      assert.deepEqual(
        shown.map(({ via, mtu }) => [via, mtu]),
        [[second, 1300]],
      );
    }
  });

  law("a gateway must be reachable, unless it is onlink", async (bench) => {
    const a = await addressed(bench);
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", via: "172.16.0.1" }), "ENETUNREACH", /172/);
    await refuses(a.routeAdd({ dst: "fd09::/32", via: "fd88::1" }), "EHOSTUNREACH", /fd88/);
    await a.routeAdd({ dst: "10.9.0.0/16", via: "172.16.0.1", dev: "left", onlink: true });
    await a.routeAdd({ dst: "fd09::/32", via: "fe80::1", dev: "left", onlink: true });
    assert.deepEqual(
      (await ours(a)).map(({ via, onlink }) => [via, onlink]),
      [
        ["172.16.0.1", true],
        ["fe80::1", true],
      ],
    );
  });

  law("a gateway is reachable through a route to it", async (bench) => {
    const { a } = bench;
    await pairUp(bench);
    await a.addressAdd("left", { address: "10.0.0.5/32" });
    await a.routeAdd({ dst: "169.254.1.1/32", dev: "left" });
    await a.routeAdd({ dst: "0.0.0.0/0", via: "169.254.1.1" });
    const found = (await ours(a)).find((route) => route.dst === "0.0.0.0/0");
    assert.equal(found?.dev, "left");
  });

  law("a gateway behind another gateway is refused", async (bench) => {
    const a = await addressed(bench);
    await a.routeAdd({ dst: "172.16.0.0/16", via: "10.0.0.2" });
    await a.routeAdd({ dst: "fd88::/64", via: "fd00::2" });
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", via: "172.16.0.1" }), "ENETUNREACH", /172/);
    await refuses(a.routeAdd({ dst: "fd09::/32", via: "fd88::1" }), "EHOSTUNREACH", /fd88/);
  });

  law("routes need their link, up, and their source on it", async (bench) => {
    const a = await addressed(bench);
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", dev: "none" }), "ENODEV", /dev none/);
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", dev: "left", src: "1.2.3.4" }), "EINVAL", /src/);
    await refuses(a.routeAdd({ dst: "10.9/16", dev: "left" }), "EINVAL", /10.9/);
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", via: "x", dev: "left" }), "EINVAL", /via x/);
    await a.linkSet("left", { up: false });
    await refuses(a.routeAdd({ dst: "10.9.0.0/16", dev: "left" }), "ENETDOWN", /dev left/);
    await refuses(a.routeAdd({ dst: "fd09::/32", dev: "left" }), "ENETDOWN", /dev left/);
  });

  law("blackhole and unreachable routes are shown without a link", async ({ a }) => {
    await a.linkSet("lo", { up: true });
    for (const dst of ["10.9.0.0/16", "fd09::/32"]) {
      await a.routeAdd({ dst, kind: "blackhole" });
      await a.routeAdd({ dst, kind: "unreachable", metric: 4000 });
    }
    assert.deepEqual((await ours(a)).map(({ dst, kind, dev }) => [dst, kind, dev]).sort(), [
      ["10.9.0.0/16", "blackhole", undefined],
      ["10.9.0.0/16", "unreachable", undefined],
      ["fd09::/32", "blackhole", undefined],
      ["fd09::/32", "unreachable", undefined],
    ]);
    await a.routeDel({ dst: "10.9.0.0/16", kind: "blackhole" });
    await a.routeDel({ dst: "fd09::/32", kind: "blackhole" });
    assert.equal((await ours(a)).length, 2);
  });

  law("routes go with their link", async (bench) => {
    const a = await addressed(bench);
    await a.routeAdd({ dst: "10.9.0.0/16", via: "10.0.0.2" });
    await a.routeAdd({ dst: "fd09::/32", via: "fd00::2" });
    await a.linkSet("left", { up: false });
    assert.deepEqual(await ours(a), []);
  });

  law("rules of both families are added once, shown and deleted once", async ({ a }) => {
    for (const rule of [
      { family: 4, priority: 100, table: 1000, from: "10.0.0.0/8", iif: "lo", fwmark: 5 },
      { family: 6, priority: 100, table: 1000, to: "fd00::/8" },
    ] as const) {
      const before = (await a.rules()).length;
      await a.ruleAdd(rule);
      await refuses(a.ruleAdd(rule), "EEXIST", /rule add priority 100 .* lookup 1000$/);
      const same = (each: { family: number; priority: number }) =>
        each.priority === rule.priority && each.family === rule.family;
      assert.deepEqual((await a.rules()).filter(same), [rule]);
      assert.equal((await a.rules()).length, before + 1);
      await a.ruleDel(rule);
      await refuses(a.ruleDel(rule), "ENOENT", /rule del/);
    }
    assert.deepEqual(
      (await a.rules()).map(({ family, priority, table }) => [family, priority, table]),
      [
        [4, 0, 255],
        [4, 32766, 254],
        [4, 32767, 253],
        [6, 0, 255],
        [6, 32766, 254],
      ],
    );
  });
}

function sorted(routes: readonly Route[]): Route[] {
  const key = (route: Route) => `${route.family} ${route.table} ${route.dst}`;
  return [...routes].sort((x, y) => (key(x) < key(y) ? -1 : 1));
}
