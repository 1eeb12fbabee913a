/** The proof of which VF is which representor, by the host's and the DPU's own code over a card whose cables are crossed. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { createLog } from "../../impl/base/log.ts";
import { systemClock } from "../../impl/base/time.ts";
import { probe } from "../../impl/dpu/probe.ts";
import { PairProof } from "../../impl/host/pair-proof.ts";
import type { Kernel, NamespaceMaker, Netns } from "../../impl/netlink/kernel.ts";
import { linuxKernel } from "../../impl/netlink/linux.ts";
import { memoryKernel } from "../../impl/netlink/memory.ts";
import { openCard } from "../../impl/vf/card.ts";
import { makeSysfs, sysfsPf, vfAddress } from "../../impl/vf/fake-sysfs.ts";
import { VfPool } from "../../impl/vf/pool.ts";
import type { Agent } from "../../impl/wire/agent.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

const vfName = (index: number) => `enp3s0f0v${index}`;
const representor = (index: number) => `rep0v${index}`;
const mac = (index: number) => `02:00:00:00:00:${(index + 1).toString(16).padStart(2, "0")}`;

interface Cabling {
  /** by VF: the number of the representor that it is wired to; undefined: its representor is not there */
  readonly cables: readonly (number | undefined)[];
  /** representors that a port has */
  readonly inUse?: readonly string[];
}

async function wired(kernel: Kernel & NamespaceMaker, { cables, inUse = [] }: Cabling) {
  const folder = await mkdtemp(join(tmpdir(), "pairing-"));
  const [host, dpu] = [await kernel.netnsScratch(), await kernel.netnsScratch()];
  const sysfs = await makeSysfs(join(folder, "sys"), cables.length);
  for (const [index, to] of cables.entries()) {
    const peer = { name: to === undefined ? `lost${index}` : representor(to), netns: dpu };
    await host.linkAdd({ kind: "veth", name: vfName(index), address: mac(index), peer });
  }
  const log = createLog({ component: "test", write: () => {} });
  const home = { netns: host, sysfsRoot: sysfs.root, clock: systemClock };
  const card = await openCard({ sysfsRoot: sysfs.root, pfs: [sysfsPf], log });
  const pool = new VfPool({ ...card, home, log, ownerOf: () => undefined });
  const { signal } = new AbortController();
  const asked: number[] = [];
  const agent = {
    health: () => ({ state: "ready" }),
    capabilities: () => ["probe"],
    probe: (request) => {
      asked.push(request.vfs.length);
      const isInUse = (name: string) => inUse.includes(name);
      return probe({ netns: dpu, representor: "rep{pf}v{vf}", isInUse }, request, signal);
    },
  } satisfies Partial<Agent>;
  const proof = new PairProof({ pool, agent: agent as unknown as Agent, home, log });
  return {
    ...{ pool, proof, host, dpu, asked },
    before: await pictureOf(host, dpu),
    async [Symbol.asyncDispose]() {
      await proof.stop();
      for (const netns of [host, dpu]) netns[Symbol.dispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function pictureOf(...all: readonly Netns[]): Promise<unknown> {
  const links = await Promise.all(all.map((netns) => netns.links()));
  return links
    .flat()
    .map(({ name, up, alias = "", address, mtu }) => [name, up, alias, address, mtu]);
}

function reasonsOf(pool: VfPool): readonly (string | undefined)[] {
  const states = pool.states().toSorted((a, b) => a.vf.index - b.vf.index);
  return states.map(({ state, reason }) => (state === "quarantined" ? reason : undefined));
}

const kernels = [
  ["memory", memoryKernel, false],
  ["linux", linuxKernel, skip],
] as const;

for (const [name, make, skipped] of kernels) {
  test(`${name}: every VF whose cable is crossed is named with both ends, and no other`, {
    skip: skipped,
  }, async () => {
    const cables = [0, 3, 2, 1, 5, 6, 4, 7];
    await using world = await wired(make(), { cables });
    const { pool, proof, asked } = world;
    await proof.pass();
    for (const [index, reason] of reasonsOf(pool).entries()) {
      if (cables[index] === index) assert.equal(reason, undefined);
      else {
        assert.ok(reason?.includes(`at representor "${representor(cables[index] ?? -1)}"`), reason);
        assert.ok(reason?.includes(`expected "${representor(index)}"`), reason);
      }
    }
    assert.deepEqual(pool.counts(), { size: 8, free: 3, used: 0, quarantined: 5 });
    assert.deepEqual(await pictureOf(world.host, world.dpu), world.before);
    const wrong = pool.lease(vfAddress(1), async () => {});
    await assert.rejects(wrong, /Cannot lease VF .*its frames come in at representor "rep0v3"/);
    const leased: number[] = [];
    for (let i = 0; i < 3; i++)
      await pool.lease(undefined, async ({ index }) => leased.push(index));
    assert.deepEqual(leased.toSorted(), [0, 2, 7]);
    await proof.pass();
    assert.deepEqual(asked, [8], "what was proven, or failed a moment ago, is not asked again");
    proof.connected();
    await proof.pass();
    assert.deepEqual(asked, [8, 5]);
  });
}

test("a VF that is heard nowhere is quarantined, and free again when it is mended", async () => {
  await using world = await wired(memoryKernel(), { cables: [0, undefined, 2] });
  const { pool, proof, dpu } = world;
  await proof.pass();
  const [first, lost, third] = reasonsOf(pool);
  assert.deepEqual([first, third], [undefined, undefined]);
  assert.match(lost ?? "", /^none of its frames came in at a representor of the DPU/);
  await dpu.linkSet("lost1", { name: representor(1) });
  proof.connected();
  await proof.pass();
  assert.deepEqual(reasonsOf(pool), [undefined, undefined, undefined]);
});

test("while VFs are proven nobody leases them, they count as free, and an ADD waits for them", async () => {
  await using world = await wired(memoryKernel(), { cables: [0, undefined] });
  const { pool, proof } = world;
  const { signal } = new AbortController();
  proof.wake();
  proof.wake();
  assert.equal(pool.counts().free, 2);
  await assert.rejects(
    pool.lease(vfAddress(0), async () => {}),
    /is being proven/,
  );
  await proof.settled(signal);
  assert.equal(await pool.lease(vfAddress(0), async ({ index }) => index), 0);
});

test("a daemon that stops leaves the VFs as they were", async () => {
  await using world = await wired(memoryKernel(), { cables: [undefined, undefined] });
  world.proof.wake();
  while (world.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await world.proof.stop();
  const isHost = (one: unknown) => Array.isArray(one) && String(one[0]).startsWith("enp");
  const [now, before] = [await pictureOf(world.host), world.before as unknown[]];
  assert.deepEqual((now as unknown[]).filter(isHost), before.filter(isHost));
});

test("a port's representor is left alone", async () => {
  const cabling = { cables: [0, 1], inUse: [representor(1)] };
  await using world = await wired(memoryKernel(), cabling);
  await world.proof.pass();
  assert.match(reasonsOf(world.pool)[1] ?? "", /^none of its frames/);
  assert.equal((await world.dpu.link(representor(1)))?.up, false);
});

test("any crossing of cables is found out", async () => {
  const crossings = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(crossings, async (cables) => {
      await using world = await wired(memoryKernel(), { cables });
      await world.proof.pass();
      const wrong = cables.flatMap((to, index) => (to === index ? [] : [index]));
      const named = reasonsOf(world.pool).flatMap((reason, index) => (reason ? [index] : []));
      assert.deepEqual(named, wrong);
    }),
    { numRuns: 15 },
  );
});
