/** How a law is written: it gets two fresh namespaces, and looks at what the verbs made of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kernel, Link, NamespaceMaker, Netns } from "../kernel.ts";
import { isErrno } from "../netlink-error.ts";
import type { LawWorld } from "./law-world.ts";

export interface Bench {
  readonly kernel: Kernel & NamespaceMaker;
  readonly a: Netns;
  readonly b: Netns;
}

export function lawOf(world: LawWorld) {
  return (name: string, prove: (bench: Bench) => Promise<void>) =>
    test(`${world.name}: ${name}`, { skip: world.skip, timeout: 30_000 }, async () => {
      const kernel = world.kernel();
      using a = await kernel.netnsScratch();
      using b = await kernel.netnsScratch();
      await prove({ kernel, a, b });
    });
}

/** The error must be the kernel's, carry this errno, and quote the command. */
export async function refuses(work: Promise<unknown>, errno: string, command: RegExp) {
  await assert.rejects(work, (error) => {
    assert.ok(isErrno(error, errno), `expected ${errno}, got ${error}`);
    assert.match(error.command, command);
    assert.ok(error.message.includes(errno) && !error.message.includes("\n"), error.message);
    return true;
  });
}

export async function linkOf(netns: Netns, name: string): Promise<Link> {
  const link = await netns.link(name);
  assert.ok(link, `link ${name} is missing`);
  return link;
}

export async function names(netns: Netns): Promise<string[]> {
  return (await netns.links()).map((link) => link.name).sort();
}

/** `left` in a, `right` in b, both up. */
export async function pairUp({ a, b }: Bench): Promise<void> {
  await a.linkAdd({ kind: "veth", name: "left", peer: { name: "right", netns: b } });
  await a.linkSet("left", { up: true });
  await b.linkSet("right", { up: true });
}

/** Addresses without what the kernel makes up itself (link-local IPv6). */
export async function given(netns: Netns, link?: string): Promise<string[]> {
  const all = await netns.addresses(link);
  return all
    .map((each) => each.address)
    .filter((each) => !each.startsWith("fe80:"))
    .sort();
}
