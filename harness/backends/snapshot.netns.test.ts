/** Each class of leak, planted on a real kernel, shows in a snapshot. */
import assert from "node:assert/strict";
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Node, Place, World } from "../core/backend.ts";
import { snapshotDifference } from "../core/snapshot.ts";
import { netnsBackend } from "./netns.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

let world: World;
let node: Node;

before(async () => {
  if (skip !== false) return;
  const options = { signal: new AbortController().signal, progress: () => {} };
  world = await netnsBackend().up({ nodes: 2, vfs: 8 }, options);
  const [first] = world.nodes;
  assert.ok(first);
  node = first;
});
after(async () => {
  await world?.[Symbol.asyncDispose]();
});

async function must(place: Place, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await place.exec(["sh", "-ec", command]);
  assert.equal(exitCode, 0, `${command}: ${stderr}`);
  return stdout;
}

/** Each class of leak: how it is planted, how it is taken away, and the line that must tell of it. */
const leaks: readonly {
  readonly name: string;
  readonly place: "host" | "dpu";
  readonly plant: string;
  readonly remove: string;
  readonly line: RegExp;
}[] = [
  {
    name: "an address",
    place: "host",
    plant: "ip address add 10.9.9.9/32 dev lo",
    remove: "ip address del 10.9.9.9/32 dev lo",
    line: /^\+ node1\/host: address 10\.9\.9\.9\/32 dev lo/,
  },
  {
    name: "a route",
    place: "dpu",
    plant: "ip -6 route add fd99::/64 dev uplink0 table 77",
    remove: "ip -6 route del fd99::/64 dev uplink0 table 77",
    line: /^\+ node1\/dpu: route fd99::\/64 dev uplink0 table 77/,
  },
  {
    name: "a rule",
    place: "host",
    plant: "ip rule add from 10.9.0.0/16 lookup 77",
    remove: "ip rule del from 10.9.0.0/16 lookup 77",
    line: /^\+ node1\/host: rule ipv4 \d+: from 10\.9\.0\.0\/16 lookup 77/,
  },
  {
    name: "a permanent neighbour",
    place: "dpu",
    plant: "ip neigh add 198.51.100.77 lladdr 02:00:00:00:00:77 dev uplink0",
    remove: "ip neigh del 198.51.100.77 dev uplink0",
    line: /^\+ node1\/dpu: neigh 198\.51\.100\.77 dev uplink0 lladdr 02:00:00:00:00:77/,
  },
  {
    name: "a proxy neighbour",
    place: "dpu",
    plant: "ip neigh add proxy 198.51.100.78 dev uplink0",
    remove: "ip neigh del proxy 198.51.100.78 dev uplink0",
    line: /^\+ node1\/dpu: neigh proxy 198\.51\.100\.78 dev uplink0/,
  },
  {
    name: "a link",
    place: "host",
    plant: "ip link add br9 type bridge",
    remove: "ip link del br9",
    line: /^\+ node1\/host: link br9 bridge .* down/,
  },
  {
    name: "the MTU of a VF",
    place: "host",
    plant: "ip link set enp3s0f0v2 mtu 1400",
    remove: "ip link set enp3s0f0v2 mtu 1500",
    line: /^\+ node1\/host: link enp3s0f0v2 veth .* mtu 1400/,
  },
  {
    name: "a qdisc",
    place: "dpu",
    plant: "tc qdisc add dev rep0v0 clsact",
    remove: "tc qdisc del dev rep0v0 clsact",
    line: /^\+ node1\/dpu: qdisc rep0v0 clsact/,
  },
  {
    name: "a VF that is not at home",
    place: "host",
    plant: "ip netns add away; ip link set enp3s0f0v3 netns away",
    remove: "ip -n away link set enp3s0f0v3 netns $$; ip netns del away",
    line: /^\+ node1\/host: pci 0000:03:00\.4 net -/,
  },
  {
    name: "a namespace",
    place: "host",
    plant: "ip netns add left",
    remove: "ip netns del left",
    line: /^\+ machine: netns left/,
  },
];

for (const { name, place, plant, remove, line } of leaks) {
  test(`snapshot() notices ${name}, and nothing once it is gone`, { skip }, async () => {
    const before = await world.snapshot();
    await must(node[place], plant);
    const difference = snapshotDifference(before, await world.snapshot());
    assert.ok(
      difference.some((each) => line.test(each)),
      difference.join("\n") || "no difference",
    );
    await must(node[place], remove);
    assert.deepEqual(snapshotDifference(before, await world.snapshot()), []);
  });
}

test("snapshot() notices a filter behind a qdisc", { skip }, async (t) => {
  await must(node.dpu, "tc qdisc add dev rep0v1 clsact");
  const before = await world.snapshot();
  const filter = "tc filter add dev rep0v1 ingress protocol all u32 match u32 0 0";
  const { exitCode } = await node.dpu.exec(["sh", "-c", filter]);
  if (exitCode !== 0) return t.skip("the kernel has no cls_u32");
  const difference = snapshotDifference(before, await world.snapshot());
  assert.match(difference.join("\n"), /^\+ node1\/dpu: filter rep0v1 ingress/m);
  await must(node.dpu, "tc qdisc del dev rep0v1 clsact");
});

test("snapshot() notices a process in a pod's namespace and elsewhere", { skip }, async () => {
  const before = await world.snapshot();
  const one = node.dpu.spawn(["sleep", "61"], { name: "left" });
  const two = node.dpu.spawn(["sleep", "61"], { name: "left-too" });
  const expected = ["+ node1/dpu: process sleep 61 × 2"];
  // spawn() does not wait until they are what they will be.
  const endMs = Date.now() + 10_000;
  let difference: readonly string[];
  do difference = snapshotDifference(before, await world.snapshot());
  while (!isDeepStrictEqual(difference, expected) && Date.now() < endMs);
  assert.deepEqual(difference, expected);
  await Promise.all([one.stop(), two.stop()]);
  assert.deepEqual(snapshotDifference(before, await world.snapshot()), []);
});

test("snapshot() notices a file in a node's folders, not one among its logs", {
  skip,
}, async () => {
  const before = await world.snapshot();
  writeFileSync(join(node.paths.logs, "a.log"), "words");
  const lease = join(node.paths.hostState, "lease");
  writeFileSync(lease, "kept");
  assert.match(
    snapshotDifference(before, await world.snapshot()).join("\n"),
    /^\+ node1\/host: file state\/host\/lease 4 bytes [0-9a-f]{12}$/,
  );
  rmSync(lease);
  assert.deepEqual(snapshotDifference(before, await world.snapshot()), []);
});

test("snapshot() notices a mount below the world's folder", { skip }, async () => {
  const before = await world.snapshot();
  const point = join(node.paths.logs, "mounted");
  mkdirSync(point);
  await must(node.host, `mount -t tmpfs left ${point}`);
  assert.deepEqual(snapshotDifference(before, await world.snapshot()), [
    `+ machine: mount ${point}`,
  ]);
  await must(node.host, `umount ${point}`);
  rmdirSync(point);
});

test("snapshot() of two nodes takes a moment only", { skip }, async () => {
  const start = performance.now();
  await world.snapshot();
  const tookMs = performance.now() - start;
  assert.ok(tookMs < 1_000, `it took ${tookMs} ms`);
});

test("snapshot() sees a pod's namespace as a place of its own", { skip }, async () => {
  const before = await world.snapshot();
  const pod = await node.createPod("web");
  const during = await world.snapshot();
  assert.deepEqual(
    during.get("node1/web")?.filter((line) => line.startsWith("link")),
    ["link lo loopback 00:00:00:00:00:00 mtu 65536 up"],
  );
  await pod[Symbol.asyncDispose]();
  assert.deepEqual(snapshotDifference(before, await world.snapshot()), []);
});
