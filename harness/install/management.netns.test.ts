/** The management VF through everything that happens to a node: the host reaches its DPU's pod range again, and no VF is lost. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { netnsBackend } from "../backends/netns.ts";
import type { Node, World } from "../core/backend.ts";
import type { Faults } from "../core/faults.ts";
import type { Installation } from "../core/installation.ts";
import { leftOver, restingSnapshot } from "../core/leak-oracle.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { Workload } from "../workload/client.ts";
import { offloadOver } from "./offload.ts";
import { managementInterface, offloadFiles } from "./offload-config.ts";
import { productAt, repository } from "./product.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

type Event = readonly [what: string, happen: (faults: Faults) => Promise<unknown>];

const agentKilled: Event = ["the agent is killed and started", ({ agent }) => agent.kill()];
const dpuReboot: Event = [
  "the DPU reboots and has lost its state",
  (faults) => faults.rebootDpu({ state: "lost" }),
];
const hostReboot: Event = ["the host reboots", (faults) => faults.rebootHost()];

/** Each is some seconds: over the second dataplane those alone that go another way there. */
const events: Readonly<Record<string, readonly Event[]>> = {
  routed: [
    ["the daemon is killed and started", ({ daemon }) => daemon.kill()],
    agentKilled,
    ["the DPU reboots", (faults) => faults.rebootDpu({ state: "kept" })],
    dpuReboot,
    ["the host reboots, and the card has other VFs", (faults) => faults.rebootHost({ shift: 8 })],
    ["the card destroys its VFs and makes others", (faults) => faults.changeVfs({ shift: 0 })],
    [
      "its record is damaged",
      async (faults) => {
        const [file] = await faults.stateFiles("host");
        assert.ok(file);
        await faults.daemon.kill();
        await faults.damage(file, "half");
      },
    ],
  ],
  "delegate:bridge": [agentKilled, dpuReboot, hostReboot],
};
const planes = Object.keys(events);

const quiet = { signal: new AbortController().signal, progress: () => {} };
const vfs = 3;
let world: World;
let pristine: Snapshot;

interface Stand {
  readonly node: Node;
  readonly installation: Installation;
  readonly faults: Faults;
}
const stands = new Map<string, Stand>();

before(async () => {
  if (skip !== false) return;
  world = await netnsBackend().up({ nodes: planes.length, vfs }, quiet);
  pristine = await restingSnapshot(world);
  await Promise.all(
    planes.map(async (plane, i) => {
      const node = world.nodes[i];
      assert.ok(node);
      const installer = offloadOver(plane, { isManaged: true });
      const installation = await installer.install({ ...world, nodes: [node] }, quiet);
      const faults = installation.faults?.(node);
      assert.ok(faults);
      stands.set(plane, { node, installation, faults });
    }),
  );
});
after(async () => world?.[Symbol.asyncDispose]());

for (const plane of planes) {
  for (const [what, happen] of events[plane] ?? []) {
    test(`over ${plane} the management VF works again after ${what}`, { skip }, async () => {
      const stand = stands.get(plane);
      assert.ok(stand);
      const { faults } = stand;
      await happen(faults);
      await faults.mend();
      await eventually(async () => (await unreached(stand)) ?? (await unbalanced(stand)));
    });
  }
}

test("uninstalling gives it back", { skip }, async () => {
  for (const { installation } of stands.values()) await installation[Symbol.asyncDispose]();
  assert.deepEqual((await leftOver(world, pristine)).leaked, []);
});

/** Polls until nothing is wrong, at most twenty seconds. */
async function eventually(wrong: () => Promise<string | undefined>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const reason = await wrong();
    if (reason === undefined) return;
    if (Date.now() > end) assert.fail(reason);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function unreached({ node }: Stand): Promise<string | undefined> {
  const workload = await Workload.start(node.host, "workload-host");
  try {
    for (const host of [`10.244.${node.number}.1`, `fd00:10:244:${node.number}::1`]) {
      const done = await workload.icmp({ host, seed: 1, timeoutMs: 500 });
      if (!done.ok) return `the host cannot reach ${host}: ${done.reason}`;
    }
    return undefined;
  } finally {
    await workload[Symbol.asyncDispose]();
  }
}

async function unbalanced({ node }: Stand): Promise<string | undefined> {
  const { hostLauncher } = productAt(repository);
  const argv = [process.execPath, hostLauncher, "inventory", "--config"];
  const { stdout } = await node.host.exec([...argv, offloadFiles(node).hostConfig]);
  const { pool, management, attachments } = JSON.parse(stdout);
  const wanted = { size: vfs, free: vfs - 1, used: 1, quarantined: 0 };
  if (JSON.stringify(pool) !== JSON.stringify(wanted)) return `the pool is ${JSON.stringify(pool)}`;
  if (management?.state !== "ready") return `it is ${JSON.stringify(management)}`;
  if (attachments.length !== 1) return `there are ${attachments.length} attachments`;
  return (await node.host.exec(["ip", "link", "show", managementInterface])).exitCode === 0
    ? undefined
    : `${managementInterface} is not there`;
}
