/** Pods on a real kernel: what they are, and that nothing inside outlives them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Node, World } from "../core/backend.ts";
import { netnsBackend } from "./netns.ts";
import { identityOf, isAlive } from "./process-identity.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

let world: World;
let node: Node;

before(async () => {
  if (skip !== false) return;
  const options = { signal: new AbortController().signal, progress: () => {} };
  world = await netnsBackend().up({ nodes: 1, vfs: 2 }, options);
  const [first] = world.nodes;
  assert.ok(first);
  node = first;
});
after(async () => {
  await world?.[Symbol.asyncDispose]();
});

test("a pod is a namespace with lo up, and an id as a runtime gives", { skip }, async () => {
  await using pod = await node.createPod("web");
  await using other = await node.createPod("other");
  assert.equal(pod.netns, `/run/netns/${world.id}-node1-web`);
  assert.match(pod.containerId, /^[0-9a-f]{64}$/);
  assert.notEqual(pod.containerId, other.containerId);
  const { stdout } = await pod.place.exec(["ip", "-br", "address", "show"]);
  assert.match(stdout, /^lo +UNKNOWN +127\.0\.0\.1\/8 ::1\/128 *\n$/);
});

test("a pod takes the processes inside with it, and spares the others", { skip }, async () => {
  const pod = await node.createPod("busy");
  const inside = pod.place.spawn(["sleep", "60"], { name: "inside" });
  const { stdout } = await pod.place.exec(["sh", "-c", "setsid sleep 60 >&- 2>&- & echo $!"]);
  const orphan = identityOf(Number(stdout));
  assert.ok(orphan);
  const outside = node.host.spawn(["sleep", "60"], { name: "outside" });
  await pod[Symbol.asyncDispose]();
  assert.deepEqual(await inside.exited, { signal: "SIGKILL" });
  assert.equal(isAlive(orphan), false);
  assert.equal(outside.ended, undefined);
  assert.equal(existsSync(pod.netns), false);
  await outside.stop();
});

test("a pod can be removed twice, and made again under its name", { skip }, async () => {
  const first = await node.createPod("again");
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  const second = await node.createPod("again");
  await first[Symbol.asyncDispose]();
  assert.equal(existsSync(second.netns), true);
  await assert.rejects(node.createPod("again"), /Cannot create pod "again": .* exists/);
  await second[Symbol.asyncDispose]();
});

test("createPod() refuses names that mean something else", { skip }, async () => {
  for (const name of ["host", "dpu", "a/b", "", "A"]) {
    await assert.rejects(node.createPod(name), /Cannot create pod/);
  }
});

test("a VF that was in a pod is at home after the pod is gone", { skip }, async () => {
  const pod = await node.createPod("holder");
  const namespace = pod.netns.split("/").at(-1) ?? "";
  const move = ["ip", "link", "set", "enp3s0f0v1", "netns", namespace, "name", "eth0"];
  assert.equal((await node.host.exec(move)).exitCode, 0);
  await pod[Symbol.asyncDispose]();
  const show = ["ip", "link", "show", "dev", "enp3s0f0v1"];
  const endMs = Date.now() + 2_000;
  let code: number | undefined;
  do code = (await node.host.exec(show)).exitCode;
  while (code !== 0 && Date.now() < endMs);
  assert.equal(code, 0);
});
