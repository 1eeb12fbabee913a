/** The offload and the public reference's doubles on a real kernel: each side of ours carries a pod's traffic with the other's. */
import assert from "node:assert/strict";
import { access, copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { netnsBackend } from "../backends/netns.ts";
import type { Node, Pod, Process, World } from "../core/backend.ts";
import { bare } from "../install/dataplanes/routed.ts";
import { offloadPlugin } from "../install/offload.ts";
import { offloadFiles } from "../install/offload-config.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { Workload } from "../workload/client.ts";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shim = at("impl/shim/offload-cni");
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

const signal = AbortSignal.timeout(120_000);
const port = 8000;

async function up(): Promise<{ readonly world: World; readonly node: Node }> {
  const world = await netnsBackend().up({ nodes: 1, vfs: 3 }, { signal, progress: () => {} });
  const [node] = world.nodes;
  assert.ok(node);
  return { world, node };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Spawns it and waits for `sign` in its log. */
async function start(node: Node, side: "host" | "dpu", argv: readonly string[], sign: string) {
  const name =
    argv
      .find((word) => word.endsWith("mjs"))
      ?.split("/")
      .at(-1) ?? "process";
  const logFile = join(node.paths.logs, `${name}.log`);
  const log = () => readFile(logFile, "utf8").catch(() => "");
  const started: Process = node[side].spawn([process.execPath, ...argv], { name, logFile });
  await until(`${sign} of ${name}`, async () => {
    assert.equal(started.ended, undefined, await log());
    return (await log()).includes(sign);
  });
  return { process: started, log };
}

async function exchange(pods: readonly Pod[], addresses: readonly string[]): Promise<void> {
  const [one, other] = pods;
  assert.ok(one && other);
  await using client = await Workload.start(one.place, "client");
  await using server = await Workload.start(other.place, "server");
  const said = await client.tcp({
    host: addresses[1] ?? "",
    port: server.ports.tcp,
    bytes: 100_000,
    seed: 1,
  });
  assert.deepEqual(said.ok || said, true);
}

async function routesOf(node: Node): Promise<string> {
  return (await node.dpu.exec(["ip", "-4", "route", "show", "table", "main"])).stdout;
}

test("our agent carries the pods of the reference's host", { skip }, async () => {
  const { world, node } = await up();
  await using _world = world;
  const files = offloadFiles(node);
  const address = `${bare(node.card.management.dpu)}:${port}`;
  await writeFile(
    files.agentConfig,
    stringify({
      ...{ node: node.name, insecure: true, stateDir: files.agentState },
      listen: `${bare(node.card.management.dpu)}:8443`,
      representor: node.card.representor,
      dataplane: { kind: "routed", uplink: node.card.uplink, ranges: ["10.244.1.0/24"] },
      reference: {
        ...{ enabled: true, listen: address, insecure: true },
        from: [bare(node.card.management.host)],
      },
    }),
  );
  const launcher = at("impl/dpu/cni-offload-agent.mjs");
  const agent = await start(node, "dpu", [launcher, "--config", files.agentConfig], '"ready"');

  const before = await routesOf(node);
  const pods = [await node.createPod("a"), await node.createPod("b")];
  const host = async (verb: string, pod: Pod, index: number) => {
    const vf = node.card.vfs[index];
    assert.ok(vf);
    const place = verb === "add" ? node.host : pod.place;
    const name = verb === "add" ? vf.netdev : "eth0";
    const shown = await place.exec(["ip", "-j", "link", "show", name]);
    const mac = JSON.parse(shown.stdout)[0].address;
    const own = [verb, address, String(vf.index), mac, pod.containerId];
    const wiring = verb === "check" ? [] : [vf.netdev, pod.netns];
    const double = at("fixtures/reference/host.mjs");
    const ran = await node.host.exec([process.execPath, double, ...own, ...wiring]);
    assert.equal(ran.exitCode, 0, `${ran.stderr}\n${await agent.log()}`);
    return JSON.parse(ran.stdout);
  };
  const added = [];
  for (const [index, pod] of pods.entries()) added.push(await host("add", pod, index));
  assert.deepEqual(added[0], {
    ipInfo: { version: "4", address: added[0].ipInfo.address, gateway: "169.254.1.1" },
  });
  await exchange(
    pods,
    added.map(({ ipInfo }) => ipInfo.address),
  );
  for (const [index, pod] of pods.entries()) {
    await host("check", pod, index);
    await host("del", pod, index);
    await pod[Symbol.asyncDispose]();
  }
  assert.equal(await routesOf(node), before);
  const links = (await node.host.exec(["ip", "-br", "link"])).stdout;
  for (const { netdev } of node.card.vfs) assert.match(links, new RegExp(`\\b${netdev}\\b`));
  await agent.process.stop();
});

test("our daemon's pods are carried by the reference's agent", { skip }, async () => {
  const { world, node } = await up();
  await using _world = world;
  const files = offloadFiles(node);
  const address = `${bare(node.card.management.dpu)}:${port}`;
  const before = await routesOf(node);
  const double = at("fixtures/reference/agent.mjs");
  const agent = await start(node, "dpu", [double, address, node.card.representor], "listening");
  await writeFile(
    files.hostConfig,
    stringify({
      ...{ node: node.name, socket: files.socket, stateDir: files.hostState },
      ...{ sysfsRoot: node.paths.sysfsRoot, vfs: { pfs: node.card.pfs } },
      agent: { address, insecure: true, reference: true },
    }),
  );
  await copyFile(shim, join(node.paths.cniBin, "offload-cni"));
  await mkdir(node.paths.run, { recursive: true });
  await symlink(files.socket, join(node.paths.cniBin, "offload-cni.sock"));
  const launcher = at("impl/host/cni-offload-host.mjs");
  const daemon = await start(node, "host", [launcher, "--config", files.hostConfig], '"ready"');

  const runtime = createRuntime({ place: node.host, directory: join(node.paths.run, "cache") });
  const network = networkOf(offloadPlugin(node));
  await until("STATUS 0", async () => (await runtime.status(network)).ok);
  const pods = [await node.createPod("a"), await node.createPod("b")];
  const attachments = pods.map(({ containerId, netns }) => ({
    containerId,
    ifname: "eth0",
    netns,
  }));
  const addresses: string[] = [];
  for (const attachment of attachments) {
    const added = await runtime.add(network, attachment);
    assert.ok(added.ok, JSON.stringify(added) + (await daemon.log()) + (await agent.log()));
    const { ips, routes } = added.result as { ips: { address: string }[]; routes: unknown[] };
    assert.deepEqual(routes, [
      { dst: "10.99.0.1/32" },
      { dst: "0.0.0.0/0", gw: "10.99.0.1", mtu: 1450 },
    ]);
    addresses.push(bare(ips[0]?.address ?? ""));
  }
  assert.deepEqual(addresses, ["10.99.0.10", "10.99.0.11"]);
  await exchange(pods, addresses);
  for (const attachment of attachments) {
    assert.ok((await runtime.check(network, attachment)).ok);
    assert.ok((await runtime.del(network, attachment)).ok);
  }
  const gc = await runtime.gc(network, []);
  assert.ok(gc.ok, JSON.stringify(gc));
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  assert.equal(await routesOf(node), before);
  // Every VF is free again: what waited for the agent would be a tombstone.
  assert.match(await daemon.log(), /of the public reference: it cannot list its ports/);
  assert.doesNotMatch(await daemon.log(), /not released yet/);
  assert.equal(agent.process.ended, undefined, await agent.log());
  await daemon.process.stop();
  await agent.process.stop();
});
