/** Every fault control does to a real kernel and the real processes what its contract says. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { netnsBackend } from "../backends/netns.ts";
import type { Node, World } from "../core/backend.ts";
import type { Faults } from "../core/faults.ts";
import type { Installation } from "../core/installation.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { offloadInstaller } from "./offload.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

const quiet = { signal: new AbortController().signal, progress: () => {} };
let world: World;
let node: Node;
let installation: Installation;
let faults: Faults;
let runtime: Runtime;

before(async () => {
  if (skip !== false) return;
  world = await netnsBackend().up({ nodes: 1, vfs: 2 }, quiet);
  const [first] = world.nodes;
  assert.ok(first);
  node = first;
  installation = await offloadInstaller.install(world, quiet);
  const own = installation.faults?.(node);
  assert.ok(own);
  faults = own;
  const directory = join(node.paths.run, "cache");
  runtime = createRuntime({ place: node.host, directory, timeoutMs: 3_000 });
});
after(async () => {
  await installation?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const network = () => networkOf(installation.plugin(node));
const status = async () => (await runtime.status(network())).ok;

/** Polls until `holds`, at most five seconds. */
async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function attach(name: string) {
  const pod = await node.createPod(name);
  const attachment = { containerId: pod.containerId, ifname: "eth0", netns: pod.netns };
  const added = await runtime.add(network(), attachment);
  assert.ok(added.ok, JSON.stringify(added));
  const del = () => runtime.del(network(), attachment);
  const check = () => runtime.check(network(), attachment);
  return { pod, attachment, del, check };
}

for (const name of ["daemon", "agent"] as const) {
  test(`kill, start, freeze and thaw of the ${name} are what STATUS says`, { skip }, async () => {
    const process = faults[name];
    assert.equal(process.state, "running");
    await process.kill();
    assert.equal(process.state, "dead");
    assert.deepEqual(installation.casualties(), []);
    await eventually("STATUS fails", async () => !(await status()));
    process.start();
    process.start();
    await eventually("STATUS is 0", status);
    process.freeze();
    assert.equal(process.state, "frozen");
    await eventually("STATUS fails", async () => !(await status()));
    await faults.mend();
    assert.equal(process.state, "running");
    assert.ok(await status());
  });
}

test("the link is cut without a word, slow, and whole again", { skip }, async () => {
  await faults.link.cut();
  assert.equal(faults.link.state, "cut");
  await eventually("STATUS fails", async () => !(await status()));
  await faults.mend();
  await faults.link.slow(256);
  const { pod, del } = await attach("slow");
  assert.ok((await del()).ok);
  await pod[Symbol.asyncDispose]();
  await faults.mend();
  assert.equal(faults.link.state, "whole");
});

test("a link cut towards the host alone lets the DPU hear and nobody answer", {
  skip,
}, async () => {
  const before = await faults.stateFiles("dpu");
  await faults.link.cut("toHost");
  const pod = await node.createPod("unheard");
  const attachment = { containerId: pod.containerId, ifname: "eth0", netns: pod.netns };
  const adding = runtime.add(network(), attachment);
  await eventually("the DPU has a port", async () => {
    return (await faults.stateFiles("dpu")).length > before.length;
  });
  assert.ok(!(await adding).ok);
  await faults.mend();
  assert.ok((await runtime.del(network(), attachment)).ok);
  await pod[Symbol.asyncDispose]();
  await eventually("the port is gone", async () => {
    return (await faults.stateFiles("dpu")).length === before.length;
  });
});

test("a reboot of the host takes pods and sockets and keeps records; DEL works after it", {
  skip,
}, async () => {
  const { pod, del } = await attach("before");
  const files = (await faults.stateFiles("host")).filter((file) => file.includes("/attachments/"));
  assert.equal(files.length, 1);
  await faults.rebootHost({ shift: 8 });
  assert.equal(existsSync(pod.netns), false);
  assert.equal(existsSync(files[0] ?? ""), true);
  assert.deepEqual(
    node.card.vfs.map(({ pciAddress }) => pciAddress),
    ["0000:03:01.1", "0000:03:01.2"],
  );
  await faults.mend();
  assert.ok((await del()).ok);
  await eventually("both VFs are at home", async () => {
    const { stdout } = await node.host.exec(["ip", "-br", "link"]);
    return node.card.vfs.every(({ netdev }) => stdout.includes(netdev));
  });
  const devices = join(node.paths.sysfsRoot, "bus/pci/devices");
  assert.ok(!readdirSync(devices).includes("0000:03:00.1"));
});

test("a reboot of the DPU leaves the pod its VF, and the port comes back", { skip }, async () => {
  const { pod, del, check } = await attach("survivor");
  for (const state of ["kept", "lost"] as const) {
    await faults.rebootDpu({ state });
    const { stdout } = await pod.place.exec(["ip", "-br", "link"]);
    assert.match(stdout, /eth0/);
    await faults.mend();
    await eventually(`CHECK passes after state ${state}`, async () => (await check()).ok);
  }
  assert.ok((await del()).ok);
  await pod[Symbol.asyncDispose]();
});

test("a damaged record is on disk, and DEL and ADD go on without it", { skip }, async () => {
  const { pod, del } = await attach("torn");
  const files = await faults.stateFiles("host");
  const file = files.find((each) => each.includes("/attachments/")) ?? "";
  await faults.daemon.kill();
  await faults.damage(file, "half");
  assert.throws(() => JSON.parse(readFileSync(file, "utf8")));
  await faults.mend();
  assert.ok((await del()).ok);
  await pod[Symbol.asyncDispose]();
  const again = await attach("again");
  assert.ok((await again.del()).ok);
  await again.pod[Symbol.asyncDispose]();
});

test("another number of VFs is in sysfs and in the kernel", { skip }, async () => {
  await faults.changeVfs({ count: 3 });
  assert.equal(node.card.vfs.length, 3);
  const { stdout } = await node.host.exec(["ip", "-br", "link"]);
  assert.match(stdout, /enp3s0f0v2/);
});
