/** The whole agent over the kernel in memory: start, serve, stop, start again. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { sleep } from "../base/time.ts";
import type { Kernel, NamespaceMaker, Netns } from "../netlink/kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { connectAgent } from "../wire/agent-client.ts";
import { fixedSecurity } from "../wire/live-security.ts";
import { type RunningAgent, startAgent } from "./agent.ts";
import { type AgentConfig, configShape } from "./config.ts";
import { routedWorld } from "./dataplanes/routed-world.ts";
import { agentInventoryShape, operatorSocket, takeInventory } from "./inventory.ts";
import { silentLog } from "./wire-pair.ts";

const { signal } = new AbortController();
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const newPort = {
  ...{ key, generation: 1, networkConfig: "{}" },
  vf: { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
  pod: { namespace: "", name: "", uid: "" },
};

/** A kernel whose own namespace is a scratch one. */
async function oneNamespace(): Promise<{ netns: Netns; kernel: Kernel & NamespaceMaker }> {
  const memory = memoryKernel();
  const netns = await memory.netnsScratch();
  const kernel = {
    open: async () => netns,
    netnsAdd: (path: string) => memory.netnsAdd(path),
    netnsDel: (path: string) => memory.netnsDel(path),
    netnsScratch: () => memory.netnsScratch(),
  };
  return { netns, kernel };
}

function configOf(folder: string): AgentConfig {
  return configShape.parse({
    node: "node1",
    listen: "127.0.0.1:0",
    stateDir: join(folder, "state"),
    insecure: true,
    representor: "rep{pf}v{vf}",
    dataplane: { kind: "routed", uplink: "uplink0", ranges: ["10.244.1.0/29"] },
  });
}

async function start(
  folder: string,
  kernel: Kernel & NamespaceMaker,
  lines: string[],
): Promise<RunningAgent> {
  const config = configOf(folder);
  const configPath = join(folder, "agent.yaml");
  const write = (line: string) => lines.push(line);
  return startAgent({ config, configPath, kernel: () => kernel, software: "test", write });
}

test("an agent that is stopped and started again still has its ports, and the host hears of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const { netns, kernel } = await oneNamespace();
  await using world = await routedWorld(netns);
  const lines: string[] = [];
  try {
    const first = await start(folder, kernel, lines);
    const host = connectAgent({
      ...{ address: first.address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
      log: silentLog,
    });
    const port = newPort;
    const setting = await host.addPort(port, signal);
    await host.close();
    await first.stop();
    const before = await world.snapshot();
    const second = await start(folder, kernel, lines);
    const again = connectAgent({
      ...{ address: second.address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
      log: silentLog,
    });
    assert.deepEqual(await world.snapshot(), before);
    assert.deepEqual(await again.listPorts(), [{ key, generation: 1, vf: { pf: 0, index: 0 } }]);
    assert.deepEqual(await again.addPort(port, signal), setting);
    await again.checkPort(key, 1);
    await again.deletePort(key, 1);
    await again.close();
    await second.stop();
    const said = lines.map((line) => JSON.parse(line));
    const messages = said.map(({ message }) => message);
    assert.equal(messages.filter((message) => message === "ready").length, 2);
    assert.ok(said.some(({ level, message }) => level === "warn" && /INSECURE/.test(message)));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("inventory comes from the running agent, else from its files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const { netns, kernel } = await oneNamespace();
  await using _ = await routedWorld(netns);
  const agent = await start(folder, kernel, []);
  try {
    const host = connectAgent({
      ...{ address: agent.address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
      log: silentLog,
    });
    await host.addPort(newPort, signal);
    const live = agentInventoryShape.parse(await takeInventory(configOf(folder)));
    assert.equal(live.source, "agent");
    assert.deepEqual(live.health, { state: "ready" });
    // A /29 less network, broadcast, the DPU's own, and the port's.
    assert.equal(live.freeAddresses?.ipv4, 4);
    const [port] = live.ports;
    assert.deepEqual(port?.owner, key);
    assert.deepEqual(
      [port.generation, port.phase, port.representor, port.addresses],
      [1, "ready", "rep0v0", ["10.244.1.2/32"]],
    );
    await host.close();
    await agent.stop();
    const { ports } = await takeInventory(configOf(join(folder, "elsewhere")));
    assert.deepEqual(ports, []);
    const files = agentInventoryShape.parse(await takeInventory(configOf(folder)));
    assert.equal(files.source, "files");
    // What is counted only a running agent knows.
    const recorded = live.ports.map(({ dropped, ...rest }) => [dropped, rest] as const);
    assert.deepEqual(
      recorded,
      files.ports.map((one) => [0, one]),
    );
    assert.deepEqual(live.guard, {
      antiSpoofing: { state: "enforced" },
      limits: { state: "off" },
    });
    // What is left when an agent is killed.
    const path = operatorSocket(configOf(folder));
    const dead = createServer().listen(path);
    await once(dead, "listening");
    await rename(path, `${path}-kept`);
    dead.close();
    await rename(`${path}-kept`, path);
    assert.deepEqual((await takeInventory(configOf(folder))).ports, files.ports);
  } finally {
    await agent.stop();
    await rm(folder, { recursive: true });
  }
});

test("a representor that is made anew or brought down under a live port is attached again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const { netns, kernel } = await oneNamespace();
  await using world = await routedWorld(netns);
  const lines: string[] = [];
  const agent = await start(folder, kernel, lines);
  const host = connectAgent({
    ...{ address: agent.address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
    log: silentLog,
  });
  try {
    await host.addPort(newPort, signal);
    const before = await world.snapshot();
    const asBefore = async () => {
      const endMs = Date.now() + 10_000;
      while (!isDeepStrictEqual(await world.snapshot(), before) && Date.now() < endMs) {
        await sleep(5);
      }
      assert.deepEqual(await world.snapshot(), before);
      await host.checkPort(key, 1);
    };
    await netns.linkDel("rep0v0");
    await assert.rejects(host.checkPort(key, 1), /representor "rep0v0"/);
    await netns.linkAdd({ kind: "veth", name: "rep0v0", mtu: 1400, peer: { name: "new" } });
    await asBefore();
    await netns.linkSet("rep0v0", { up: false });
    await asBefore();
    await host.deletePort(key, 1);
    const warnings = lines.filter((line) => line.includes("not as recorded"));
    assert.ok(warnings.length <= 4, warnings.join("\n"));
    assert.equal(warnings.filter((line) => line.includes("is down")).length >= 1, true);
  } finally {
    await host.close();
    await agent.stop();
    await rm(folder, { recursive: true });
  }
});
