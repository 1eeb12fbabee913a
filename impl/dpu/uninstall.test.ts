/** What uninstall takes away, and when it refuses to. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { openFileStore } from "../store/file-store.ts";
import { configShape } from "./config.ts";
import { createDataplane } from "./create-dataplane.ts";
import { routedWorld } from "./dataplanes/routed-world.ts";
import { testGuard } from "./guard/create-guard.ts";
import { parsePortRecord } from "./port-record.ts";
import { uninstall } from "./uninstall.ts";

const { signal } = new AbortController();
const key = { network: "net", containerId: "c1", ifname: "eth0" };

/** A DPU whose agent was started once and is stopped now, with or without a live port. */
async function stopped(live: boolean) {
  const folder = await mkdtemp(join(tmpdir(), "uninstall-"));
  const netns = await memoryKernel().netnsScratch();
  const world = await routedWorld(netns);
  await world.dataplane.remove();
  const before = await world.nodeSnapshot();
  const kernel = { ...memoryKernel(), open: async () => netns };
  const config = configShape.parse({
    ...{ node: "node1", listen: "127.0.0.1:0", stateDir: join(folder, "state"), insecure: true },
    representor: "rep{pf}v{vf}",
    dataplane: { kind: "routed", uplink: "uplink0", ranges: ["10.244.1.0/29"] },
  });
  const dataplane = await createDataplane(config.dataplane, {
    ...{ kernel, stateDir: config.stateDir },
    log: createLog({ component: "test", level: "error" }),
    guard: testGuard,
  });
  await dataplane.start();
  const representor = "rep0v0";
  const store = await openFileStore(join(config.stateDir, "ports"), parsePortRecord);
  const text = "net/c1/eth0";
  if (live) {
    const vf = { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" };
    const request = { key: text, representor, mac: vf.mac, networkConfig: "{}" };
    const setting = await dataplane.attach(request, signal);
    await store.put(text, {
      ...{ format: 1, phase: "ready", key, generation: 1, vf, representor, setting },
      ...{ pod: { namespace: "", name: "", uid: "" }, networkConfig: "{}", since: "" },
    });
  }
  return {
    ...{ config, kernel, world, before },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test("uninstall() leaves the DPU and the disk as before the agent, once or twice", async () => {
  await using dpu = await stopped(false);
  for (const force of [false, true]) {
    await uninstall({ ...dpu, force });
    assert.deepEqual(await dpu.world.nodeSnapshot(), dpu.before);
    assert.equal(existsSync(dpu.config.stateDir), false);
  }
});

test("uninstall() refuses while a port is live, and takes it along by force", async () => {
  await using dpu = await stopped(true);
  const during = await dpu.world.nodeSnapshot();
  await assert.rejects(uninstall({ ...dpu, force: false }), {
    message:
      'Cannot uninstall: 1 ports are live, such as "net/c1/eth0"; delete their pods first, or give --force',
  });
  assert.deepEqual(await dpu.world.nodeSnapshot(), during);
  await uninstall({ ...dpu, force: true });
  assert.deepEqual(await dpu.world.nodeSnapshot(), dpu.before);
  assert.equal(existsSync(dpu.config.stateDir), false);
});

test("uninstall() refuses while an agent serves the address", async () => {
  await using dpu = await stopped(false);
  const agent = createServer();
  await new Promise<void>((resolve) => agent.listen(0, "127.0.0.1", resolve));
  const bound = agent.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const config = { ...dpu.config, listen: `127.0.0.1:${port}` };
  const message = `Cannot uninstall: an agent serves "127.0.0.1:${port}"; stop it first`;
  await assert.rejects(uninstall({ ...dpu, config, force: true }), { message });
  agent.close();
});
