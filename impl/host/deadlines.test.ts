import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryKernel } from "../netlink/memory.ts";
import { verbDeadlinesMs } from "./host.ts";
import { TestWorld } from "./test-world.ts";

const late = /^Cannot finish (ADD|DEL): no answer within 2050 ms$/;
const never = () => new Promise<never>(() => {});

test("no verb waits for a disk that hangs, and none loses what it owns", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  const { json: prevResult } = await world.add(netns);
  // The grace is the product's own: two seconds.
  Object.assign(world.host, {
    deadlinesMs: { ...verbDeadlinesMs, ADD: 50, DEL: 50, CHECK: 50, GC: 50 },
  });
  const put = t.mock.method(world.store, "put", never);
  const other = await world.pod("pod2");
  const config = { prevResult };
  const [added, deleted, collected, checked, asked] = await Promise.all([
    world.add(other, { containerId: "b" }),
    world.call("DEL", { netns }),
    world.call("GC", { config: { "cni.dev/valid-attachments": [] } }),
    world.call("CHECK", { netns, config }),
    world.call("STATUS"),
  ]);
  for (const [verb, { json }] of Object.entries({ added, deleted, collected })) {
    assert.equal(json.code, 11, verb);
    assert.match(json.msg, verb === "collected" ? /^Cannot finish GC of network/ : late, verb);
  }
  // Behind the DEL of its attachment.
  assert.equal(checked.exitCode, 1);
  assert.equal(asked.exitCode, 0);
  assert.equal(world.host.pool.counts().free, 0);
  put.mock.restore();
});

test("one log line per request, with key, generation, VF, code and duration", async (t) => {
  const world = await TestWorld.open(t, memoryKernel());
  const netns = await world.pod("pod1");
  world.log.length = 0;
  await world.add(netns);
  await world.add(netns);
  await world.call("DEL", { netns });
  await world.call("DEL", { netns });
  const lines = world.log.filter(({ message }) => message === "served" || message === "refused");
  assert.deepEqual(
    lines.map(({ command, key, code, vf }) => [command, key, code, vf]),
    [
      ["ADD", "podnet/a/eth0", 0, "0000:03:00.1"],
      ["ADD", "podnet/a/eth0", 100, "0000:03:00.1"],
      ["DEL", "podnet/a/eth0", 0, "0000:03:00.1"],
      ["DEL", "podnet/a/eth0", 0, undefined],
    ],
  );
  const generations = lines.slice(0, 3).map(({ generation }) => generation);
  assert.equal(new Set(generations).size, 1);
  assert.equal(typeof generations[0], "number");
  assert.equal(new Set(lines.map(({ request }) => request)).size, 4);
  for (const { request, durationMs } of lines) {
    assert.match(String(request), /^[0-9a-f]{8}$/);
    assert.equal(typeof durationMs, "number");
  }
});
