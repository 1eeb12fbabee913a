/** The guard in the real kernel: what it drops is dropped there too, whatever else passes, and how fast. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../../base/log.ts";
import { interpretClassic } from "../../netlink/bpf/interpret-classic.ts";
import type { Netns } from "../../netlink/kernel.ts";
import { linuxKernel } from "../../netlink/linux.ts";
import { createGuard } from "./create-guard.ts";
import { ethernet, ipv4 } from "./frames.fixture.ts";
import type { GuardPost } from "./guard.ts";
import { type GuardConfig, guardShape } from "./guard-config.ts";
import { foreign, ip4, ip4b, ip6, mac, own, types } from "./judged-frames.fixture.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

const kernel = linuxKernel();
const log = createLog({ component: "test", write: () => {} });
const address = (bare: string) => ({ address: `${bare}/${bare.includes(":") ? 128 : 32}` });
const post: GuardPost = {
  key: "net/pod/eth0",
  representor: "rep",
  setting: { mac, addresses: [ip4, ip4b, ip6].map(address) },
  isShared: true,
};

/** pod eth0 ═ rep of a DPU whose guard is up */
async function guarded(config: Partial<GuardConfig> = {}) {
  const guard = await createGuard(guardShape.parse(config), { kernel, log });
  const [pod, dpu] = [await kernel.netnsScratch(), await kernel.netnsScratch()];
  for (const netns of [pod, dpu]) await netns.sysctlSet("net/ipv6/conf/default/disable_ipv6", "1");
  await dpu.linkAdd({ kind: "veth", name: "rep", peer: { name: "eth0", netns: pod } });
  await guard.raise(dpu, post);
  await dpu.linkSet("rep", { up: true });
  await pod.linkSet("eth0", { up: true, address: mac });
  await awake(pod, dpu);
  return {
    ...{ guard, pod, dpu, before: await dropsOf(dpu) },
    [Symbol.dispose]() {
      for (const netns of [pod, dpu]) netns[Symbol.dispose]();
    },
  };
}

async function dropsOf(dpu: Netns): Promise<number> {
  return (await dpu.drops()).get("rep") ?? 0;
}

/** A link that just got its carrier drops what it is given until the kernel has activated its queue. */
async function awake(pod: Netns, dpu: Netns): Promise<void> {
  const tagged = ethernet(mac, 0x8100, Buffer.alloc(50));
  await eventually(async () => {
    await pod.sendFrame("eth0", tagged);
    return (await dropsOf(dpu)) > 0;
  });
  // What was sent last is counted too, before anything else begins.
  let last = -1;
  await eventually(async () => {
    const now = await dropsOf(dpu);
    const isQuiet = now === last;
    last = now;
    return isQuiet;
  });
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + 10_000; Date.now() < endMs; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("it did not come to pass in 10 s");
}

test("each foreign frame is dropped and counted, and none of the pod's own", { skip }, async () => {
  using world = await guarded();
  const { pod, dpu, before } = world;
  for (const frame of Object.values(own)) await pod.sendFrame("eth0", frame);
  for (const frame of Object.values(foreign)) await pod.sendFrame("eth0", frame);
  const { length } = Object.values(foreign);
  await eventually(async () => (await dropsOf(dpu)) - before >= length);
  assert.equal((await dropsOf(dpu)) - before, length);
});

test("raise() again changes nothing, and difference() names what is missing", {
  skip,
}, async () => {
  using world = await guarded();
  const { guard, dpu } = world;
  const filters = await dpu.filters("rep");
  assert.deepEqual(
    filters.map(({ hook }) => hook),
    ["ingress", "egress"],
  );
  const drops = await dropsOf(dpu);
  await guard.raise(dpu, post);
  assert.deepEqual(await dpu.filters("rep"), filters);
  assert.equal(await dropsOf(dpu), drops);
  assert.equal(await guard.difference(dpu, post), undefined);
  const grown = { ...post.setting, addresses: [address(ip4)] };
  const changed = { ...post, setting: grown };
  assert.match((await guard.difference(dpu, changed)) ?? "", /"rep" is not guarded: .* ingress/);
  await guard.raise(dpu, changed);
  assert.equal((await dpu.filters("rep")).length, 2);
  assert.equal(await guard.difference(dpu, changed), undefined);
  await guard.lower(dpu, "rep");
  await guard.lower(dpu, "rep");
  await guard.lower(dpu, "none");
  assert.deepEqual(await dpu.qdiscs("rep"), []);
});

test("the management port alone sends from the host's addresses too", { skip }, async () => {
  using world = await guarded();
  const { dpu } = world;
  const options = { kernel, log, hostAddresses: ["169.254.20.10"] };
  const guard = await createGuard(guardShape.parse({}), options);
  const management = { ...post, key: "@management/host/offload0" };
  await guard.raise(dpu, post);
  assert.match((await guard.difference(dpu, management)) ?? "", /not guarded/);
  await guard.raise(dpu, management);
  const [filter] = await dpu.filters("rep");
  assert.ok(filter && "bytecode" in filter);
  const bytes = ethernet(mac, types.ipv4, ipv4("169.254.20.10", ip4b));
  assert.equal(interpretClassic(filter.bytecode, { bytes }), 0xffffffff);
});

test("an agent that guards nothing takes away what one before it guarded", { skip }, async () => {
  using world = await guarded();
  const off = await createGuard(guardShape.parse({ antiSpoofing: false }), { kernel, log });
  await off.raise(world.dpu, post);
  assert.deepEqual(await world.dpu.filters("rep"), []);
  assert.deepEqual(off.state, { antiSpoofing: { state: "off" }, limits: { state: "off" } });
});

test("what comes faster than the limit is dropped, and no more than that", { skip }, async (t) => {
  const limit = { mbitPerSecond: 8, burstKbyte: 64 };
  using world = await guarded({ limit });
  const { guard, pod, dpu, before } = world;
  const { limits } = guard.state;
  if (limits.state === "notEnforced") return t.skip(limits.reason);
  const frame = ethernet(mac, types.ipv4, ipv4(ip4, ip4b, "x".repeat(1372)));
  const allowed = (ms: number) => (64 * 1024 + ms * 1000) / frame.length;
  const sent = 400;
  const startedAt = performance.now();
  for (let i = 0; i < sent; i++) await pod.sendFrame("eth0", frame);
  const tookMs = performance.now() - startedAt;
  // At least these are too many, however long the burst was in saving up.
  const tooMany = Math.floor(sent - allowed(tookMs)) - 1;
  await eventually(async () => (await dropsOf(dpu)) - before >= tooMany);
  assert.ok((await dropsOf(dpu)) - before <= sent - Math.floor(allowed(0)) + 1);
});

test("a kernel that refuses is said by name, and nothing counts as enforced", {
  skip,
}, async () => {
  const lines: string[] = [];
  const refusing = {
    ...kernel,
    async netnsScratch() {
      const netns = await kernel.netnsScratch();
      // A qdisc that is not there makes the kernel refuse the filter.
      netns.qdiscAdd = async () => {};
      return netns;
    },
  };
  const guard = await createGuard(guardShape.parse({}), {
    kernel: refusing,
    log: createLog({ component: "test", write: (line) => lines.push(line) }),
  });
  assert.equal(guard.state.antiSpoofing.state, "notEnforced");
  assert.match(lines.join("\n"), /NOT ENFORCED.*antiSpoofing.*filter add dev left/);
});
