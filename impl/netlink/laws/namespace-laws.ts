/** Laws of namespaces: identity, lifetime, what can be opened, sysctl. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { lawOf, names, refuses } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

export function namespaceLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("a new namespace holds lo alone, down", async ({ a }) => {
    const [lo, ...others] = await a.links();
    assert.deepEqual([lo?.name, lo?.up, lo?.index, others.length], ["lo", false, 1, 0]);
  });

  law(
    "ids are equal for handles of one namespace and differ otherwise",
    async ({ kernel, a, b }) => {
      const path = join(world.folder(), "ids");
      await kernel.netnsAdd(path);
      using first = await kernel.open(path);
      using second = await kernel.open(path);
      using own = await kernel.open();
      using ownAgain = await kernel.open();
      assert.equal(first.id, second.id);
      assert.equal(own.id, ownAgain.id);
      assert.equal(new Set([first.id, own.id, a.id, b.id]).size, 4);
      assert.match(first.id, /^\d+:\d+$/);
      assert.deepEqual([first.name, own.name], [path, "own"]);
      await kernel.netnsDel(path);
    },
  );

  law("open() refuses what is no network namespace", async ({ kernel }) => {
    const plain = join(world.folder(), "plain");
    world.plainFile(plain);
    await refuses(kernel.open(join(world.folder(), "none")), "ENOENT", /none/);
    await refuses(kernel.open(plain), "EINVAL", /plain/);
    await refuses(kernel.open(world.folder()), "EINVAL", /open/);
  });

  law("netnsAdd() refuses a path in use, netnsDel() one that is not there", async ({ kernel }) => {
    const path = join(world.folder(), "twice");
    await kernel.netnsAdd(path);
    await refuses(kernel.netnsAdd(path), "EEXIST", /^ip netns add/);
    await kernel.netnsDel(path);
    await refuses(kernel.netnsDel(path), "ENOENT", /^ip netns del/);
  });

  law("a handle works on when its path is unmounted", async ({ kernel }) => {
    const path = join(world.folder(), "gone");
    await kernel.netnsAdd(path);
    using netns = await kernel.open(path);
    await kernel.netnsDel(path);
    await refuses(kernel.open(path), "ENOENT", /gone/);
    await netns.linkAdd({ kind: "bridge", name: "br0" });
    assert.deepEqual(await names(netns), ["br0", "lo"]);
    await netns.sysctlSet("net/ipv4/ip_forward", "1");
    assert.equal(await netns.sysctl("net/ipv4/ip_forward"), "1");
  });

  law("a disposed handle refuses, and disposing twice is nothing", async ({ kernel }) => {
    const netns = await kernel.open();
    netns[Symbol.dispose]();
    netns[Symbol.dispose]();
    await refuses(netns.links(), "EBADF", /ip -d link show/);
    await refuses(netns.sysctl("net/ipv4/ip_forward"), "EBADF", /sysctl/);
  });

  law("a veth dies with its namespace, and its peer with it", async ({ kernel, a }) => {
    const path = join(world.folder(), "dying");
    await kernel.netnsAdd(path);
    const dying = await kernel.open(path);
    await a.linkAdd({ kind: "veth", name: "stays", peer: { name: "dies", netns: dying } });
    await kernel.netnsDel(path);
    assert.ok(await a.link("stays"), "the handle still holds the namespace");
    const ended = new AbortController();
    const events = a.watchLinks(ended.signal);
    dying[Symbol.dispose]();
    for await (const event of events) {
      if (event.kind === "removed" && event.name === "stays") break;
    }
    assert.deepEqual(await names(a), ["lo"]);
  });

  law("a link that is renamed keeps its sysctls", async ({ a }) => {
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.sysctlSet("net/ipv4/conf/br0/rp_filter", "1");
    await a.linkSet("br0", { name: "br1" });
    assert.equal(await a.sysctl("net/ipv4/conf/br1/rp_filter"), "1");
    assert.equal(await a.sysctl("net/ipv4/conf/br0/rp_filter"), undefined);
    await a.linkAdd({ kind: "bridge", name: "br0" });
    assert.equal(await a.sysctl("net/ipv4/conf/br0/rp_filter"), "0");
  });

  law("sysctl is per namespace, knows its links, and says what is wrong", async ({ a, b }) => {
    await a.sysctlSet("net/ipv4/ip_forward", "1");
    assert.equal(await a.sysctl("net/ipv4/ip_forward"), "1");
    assert.equal(await b.sysctl("net/ipv4/ip_forward"), "0");
    assert.equal(await a.sysctl("net/ipv4/conf/br0/proxy_arp"), undefined);
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.sysctlSet("net/ipv4/conf/br0/proxy_arp", "1");
    await a.sysctlSet("net/ipv6/conf/br0/proxy_ndp", "1");
    assert.equal(await a.sysctl("net/ipv4/conf/br0/proxy_arp"), "1");
    assert.equal(await b.sysctl("net/ipv4/conf/br0/proxy_arp"), undefined);
    await refuses(a.sysctlSet("net/ipv4/conf/none/forwarding", "1"), "ENOENT", /sysctl -w/);
    await refuses(a.sysctlSet("net/../kernel/hostname", "x"), "EINVAL", /sysctl -w/);
    await refuses(a.sysctlSet("net/ipv4/ip_forward", "word"), "EINVAL", /sysctl -w/);
  });
}
