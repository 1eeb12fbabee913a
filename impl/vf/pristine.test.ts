import assert from "node:assert/strict";
import { test } from "node:test";
import type { LinkChange, Netns } from "../netlink/kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { pathOf } from "./link-sysctls.ts";
import { pristineOf, readRest, restore } from "./pristine.ts";
import type { Pristine } from "./vf.ts";

const name = "enp3s0f0v0";

async function freeVf(): Promise<{ readonly home: Netns; readonly pristine: Pristine }> {
  const home = await memoryKernel().netnsScratch();
  await home.linkAdd({ kind: "veth", name, peer: { name: "rep0v0" } });
  await home.linkSet(name, { altNames: { add: ["left"] } });
  const link = (await home.link(name)) ?? assert.fail();
  return { home, pristine: { ...pristineOf(link), ...(await readRest(home, name)) } };
}

const dirt: readonly (readonly [keyof Pristine, LinkChange])[] = [
  ["name", { name: "eth0" }],
  ["address", { address: "02:00:00:00:99:99" }],
  ["mtu", { mtu: 1280 }],
  ["up", { up: true }],
  ["promisc", { promisc: true }],
  ["allmulticast", { allmulticast: true }],
  ["txQueueLen", { txQueueLen: 7 }],
  ["alias", { alias: "mine" }],
  ["altNames", { altNames: { add: ["surname"], del: ["left"] } }],
  ["multicast", { multicast: false }],
  ["arp", { arp: false }],
  ["group", { group: 9 }],
  ["gsoMaxSize", { gsoMaxSize: 9000 }],
  ["gsoMaxSegs", { gsoMaxSegs: 9 }],
  ["groMaxSize", { groMaxSize: 9000 }],
];

test("restore() brings each attribute back, and names the one that it cannot", async (t) => {
  for (const [key, change] of dirt) {
    const { home, pristine } = await freeVf();
    await home.linkSet(name, change);
    const now = change.name ?? name;
    const set = home.linkSet.bind(home);
    const refused = t.mock.method(home, "linkSet", async (link: string, each: LinkChange) => {
      if (key in each) throw new Error("the driver says no");
      await set(link, each);
    });
    const difference = (await restore(home, now, pristine)) ?? "";
    assert.match(difference, new RegExp(`^its ${key} is .*: the driver says no$`));
    refused.mock.restore();
    assert.equal(await restore(home, now, pristine), undefined, key);
    assert.deepEqual(pristineOf((await home.link(name)) ?? assert.fail()), {
      ...pristineOf((await home.link(name)) ?? assert.fail()),
      [key]: pristine[key],
    });
  }
});

test("restore() brings back features and sysctls, and takes away what was added", async (t) => {
  const { home, pristine } = await freeVf();
  const path = pathOf("ipv6/accept_ra", name);
  const own: Pristine = { ...pristine, sysctls: { "ipv6/accept_ra": "0" } };
  const soil: readonly (readonly [RegExp, () => Promise<unknown>, keyof Netns])[] = [
    [/its features are "0 0"/, () => home.featuresSet(name, "0 0"), "featuresSet"],
    [/its sysctl ipv6\/accept_ra is 2/, () => home.sysctlSet(path, "2"), "sysctlSet"],
    [
      /still has address 192/,
      () => home.addressAdd(name, { address: "192.0.2.1/24" }),
      "addressDel",
    ],
    [
      /still has qdisc clsact/,
      () => home.qdiscAdd(name, { kind: "clsact", handle: "", parent: "clsact" }),
      "qdiscDel",
    ],
  ];
  await home.sysctlSet(path, "0");
  for (const [named, dirty, verb] of soil) {
    await dirty();
    const refused = t.mock.method(home, verb as "linkDel", () => Promise.reject(new Error("no")));
    assert.match((await restore(home, name, own)) ?? "", named);
    refused.mock.restore();
    assert.equal(await restore(home, name, own), undefined, String(named));
  }
});

test("restore() says that an XDP program which was there before is not", async () => {
  const { home, pristine } = await freeVf();
  const difference = await restore(home, name, { ...pristine, xdp: "drv 5" });
  assert.equal(difference, 'its xdp is "", not "drv 5"');
});
