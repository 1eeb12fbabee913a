/** Real daemons and agents that are stopped, cut off and dead: noticed in the time the product names, and DEL works throughout. */
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { netnsBackend } from "../backends/netns.ts";
import type { Node, World } from "../core/backend.ts";
import type { Faults } from "../core/faults.ts";
import type { Installation } from "../core/installation.ts";
import { offloadInstaller } from "../install/offload.ts";
import { offloadFiles } from "../install/offload-config.ts";
import { askDaemon } from "../oracle/ask.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime } from "../runtime/runtime.ts";

const shim = fileURLToPath(new URL("../../impl/shim/offload-cni", import.meta.url));
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

const context = { signal: AbortSignal.timeout(180_000), progress: () => {} };
let world: World;
let installation: Installation;

before(async () => {
  if (skip !== false) return;
  world = await netnsBackend().up({ nodes: 3, vfs: 2 }, context);
  installation = await offloadInstaller.install(world, context);
});
after(async () => {
  await installation?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const logOf = (node: Node) => readFile(join(node.paths.logs, "cni-offload-host.log"), "utf8");

/** Generous: what is exact, the product says itself. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    assert.ok(Date.now() < end, `never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function caller(node: Node) {
  const directory = join(node.paths.run, "health");
  const runtime = createRuntime({ place: node.host, directory, timeoutMs: 40_000 });
  const network = networkOf(installation.plugin(node));
  const pool = async () => (await askDaemon(offloadFiles(node).socket))?.pool;
  return {
    pool,
    async attach(name: string) {
      const pod = await node.createPod(name);
      const attachment = { containerId: pod.containerId, ifname: "eth0", netns: pod.netns };
      const add = () => runtime.add(network, attachment);
      const del = () => runtime.del(network, attachment);
      return { add, del };
    },
    status: () => runtime.status(network),
    /** what STATUS says from the moment on that it is not 0 */
    complaint: () =>
      until("STATUS fails", async () => {
        const said = await runtime.status(network);
        return said.ok ? undefined : said.error;
      }),
    recovery: () =>
      until("STATUS is 0 and all VFs are free", async () => {
        if (!(await runtime.status(network)).ok) return undefined;
        const counts = await pool();
        return counts?.free === counts?.size ? counts : undefined;
      }),
  };
}

function nodeAt(index: number) {
  const node = world.nodes[index];
  assert.ok(node);
  const faults = installation.faults?.(node);
  assert.ok(faults);
  return { node, faults };
}

/** By whatever ends the DPU's answers without ending its connection. */
const silences: readonly [what: string, index: number, begin: (faults: Faults) => unknown][] = [
  ["agent that is stopped", 0, ({ agent }) => agent.freeze()],
  ["cut link", 1, ({ link }) => link.cut()],
];

describe("health", { concurrency: true }, () => {
  test("a silent DPU is noticed after the 2.5 s that the daemon allows, and its return found", {
    skip,
  }, async (t) => {
    await Promise.all(
      silences.map(async ([what, index, begin]) => {
        const { node, faults } = nodeAt(index);
        const { attach, complaint, recovery, pool } = caller(node);
        const [early, late] = [await attach("early"), await attach("late")];
        for (const { add } of [early, late]) assert.ok((await add()).ok, what);

        await begin(faults);
        const began = performance.now();
        // Not noticed yet: the daemon waits for the DPU, and not for ever.
        const deleted = early.del();
        const { code } = await complaint();
        t.diagnostic(`${what}: STATUS fails after ${Math.round(performance.now() - began)} ms`);
        assert.equal(code, 50, what);
        // By the daemon's own clock: a poll on a busy machine may come later.
        assert.match(await logOf(node), /it has been silent for 2\.5 s/, what);
        assert.ok((await deleted).ok, what);
        assert.ok((await late.del()).ok, what);
        assert.deepEqual(await pool(), { size: 2, free: 0, used: 0, quarantined: 2 }, what);
        const refused = await (await attach("refused")).add();
        assert.ok(!refused.ok && refused.error.code === 11, `${what}: ${JSON.stringify(refused)}`);

        const healed = performance.now();
        await faults.mend();
        await recovery();
        t.diagnostic(`${what}: all is well ${Math.round(performance.now() - healed)} ms after it`);
        assert.ok((await early.add()).ok && (await early.del()).ok, what);
      }),
    );
  });

  test("a daemon that is stopped makes the relay answer for it: STATUS 50, before any caller gives up", {
    skip,
  }, async (t) => {
    const { node, faults } = nodeAt(2);
    const { status, recovery } = caller(node);
    faults.daemon.freeze();
    const began = performance.now();
    const said = await status();
    t.diagnostic(`the relay answers after ${Math.round(performance.now() - began)} ms`);
    assert.ok(!said.ok);
    assert.equal(said.error.code, 50);
    assert.match(said.error.msg, /the daemon did not answer in time/);
    faults.daemon.thaw();
    await recovery();
  });
});
