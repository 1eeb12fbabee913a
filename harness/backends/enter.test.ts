/** Names of places, and the command lines that enter them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { enterCommand, namespaceOf } from "./enter.ts";
import type { WorldRecord } from "./registry.ts";

const world: WorldRecord = {
  id: "dnc-4f1c",
  directory: "/run/dnc/dnc-4f1c",
  owner: { pid: 1, startTime: "nobody's" },
  command: "dnc up",
  state: "ready",
  unprivileged: false,
  nodes: ["node1", "node2"],
};

test("namespaceOf() knows hosts, DPUs, pods and the fabric", () => {
  assert.equal(namespaceOf(world, "node1"), "dnc-4f1c-node1-host");
  assert.equal(namespaceOf(world, "node2/dpu"), "dnc-4f1c-node2-dpu");
  assert.equal(namespaceOf(world, "node1/web-0"), "dnc-4f1c-node1-web-0");
  assert.equal(namespaceOf(world, "fabric"), "dnc-4f1c-fabric");
});

test("namespaceOf() says which places there are", () => {
  for (const place of ["node3", "", "node1/", "node1/a/b"]) {
    assert.throws(
      () => namespaceOf(world, place),
      /dnc-4f1c has node1, node1\/dpu, node2, node2\/dpu, fabric$/,
    );
  }
});

test("enterCommand() enters by ip netns exec, so that /sys shows the place too", () => {
  const [ip, ...rest] = enterCommand(world, "node1/dpu", ["ip", "route"]);
  assert.match(ip ?? "", /ip$/);
  assert.deepEqual(rest, ["netns", "exec", "dnc-4f1c-node1-dpu", "ip", "route"]);
});

test("enterCommand() refuses an unprivileged world that nobody holds any more", () => {
  assert.throws(
    () => enterCommand({ ...world, unprivileged: true }, "node1", ["true"]),
    /Cannot enter "dnc-4f1c": the process that held it has ended/,
  );
});
