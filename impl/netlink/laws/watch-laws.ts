/** Laws of watching links. */
import assert from "node:assert/strict";
import type { LinkEvent, Netns } from "../kernel.ts";
import { lawOf } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

/** Reads events until `last` is among them; answers all. */
async function until(events: AsyncIterable<LinkEvent>, last: (event: LinkEvent) => boolean) {
  const seen: LinkEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (last(event)) break;
  }
  return seen;
}

const gone = (name: string) => (event: LinkEvent) =>
  event.kind === "removed" && event.name === name;

export function watchLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("additions, changes and removals are told, from the call on", async ({ a, b }) => {
    const events = a.watchLinks(new AbortController().signal);
    await b.linkAdd({ kind: "bridge", name: "elsewhere" });
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.linkSet("br0", { name: "br1" });
    await a.linkDel("br1");
    const seen = await until(events, gone("br1"));
    assert.deepEqual(new Set(seen.map((event) => event.name)), new Set(["br0", "br1"]));
    assert.ok(seen.slice(0, -1).every((event) => event.kind === "changed"));
    assert.equal(new Set(seen.map((event) => event.index)).size, 1);
  });

  law("a link that moves away is removed here and changed there", async ({ a, b }) => {
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    const here = a.watchLinks(new AbortController().signal);
    const there = b.watchLinks(new AbortController().signal);
    await a.linkSet("v", { netns: b, name: "eth0" });
    await until(here, gone("v"));
    await until(there, ({ kind, name }) => kind === "changed" && name === "eth0");
  });

  law("a port that leaves its bridge is not removed", async ({ a }) => {
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
    await a.linkSet("v", { master: "br0" });
    const events = a.watchLinks(new AbortController().signal);
    await a.linkSet("v", { master: null });
    await a.linkDel("br0");
    const seen = await until(events, gone("br0"));
    assert.ok(!seen.some(gone("v")));
  });

  law("watching ends when its signal aborts, before or meanwhile", async ({ a }) => {
    assert.deepEqual(await until(a.watchLinks(AbortSignal.abort()), () => false), []);
    const controller = new AbortController();
    const ended = until(a.watchLinks(controller.signal), () => false);
    await a.link("lo");
    controller.abort();
    assert.deepEqual(await ended, []);
  });

  law("several watchers of one namespace each see everything", async ({ a }) => {
    const watch = (netns: Netns) => netns.watchLinks(new AbortController().signal);
    const watchers = Array.from({ length: 6 }, () => watch(a));
    await a.linkAdd({ kind: "bridge", name: "br0" });
    await a.linkDel("br0");
    const seen = await Promise.all(watchers.map((events) => until(events, gone("br0"))));
    assert.ok(seen.every((events) => events.length >= 2));
  });
}
