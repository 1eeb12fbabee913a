/** A handful of the grid over the real offload, and over copies of it with a planted bug that the same cases find. */
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { snapshotDifference } from "../../core/snapshot.ts";
import { FaultBench } from "./bench.ts";
import { faults } from "./faults.ts";

const shim = new URL("../../../impl/shim/offload-cni", import.meta.url);
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

let world: World | undefined;
const signal = AbortSignal.timeout(240_000);
const progress = () => {};

before(async () => {
  if (!skip) world = await netnsBackend().up({ nodes: 2, vfs: 4 }, { signal, progress });
});

after(async () => world?.[Symbol.asyncDispose]());

const checks = faults.create({ pods: 0, nodes: 2, plugins: [] }).checks();

/** What became of each case, all of them over one installation. */
async function outcomes(ids: readonly string[], plant?: string): Promise<Record<string, string>> {
  assert.ok(world);
  await using bench = await FaultBench.open({ world, signal, progress, seed: 1 }, plant);
  const ended = ids.map(async (id): Promise<[string, string]> => {
    const check = checks.find((one) => one.id === id);
    assert.ok(check, `there is a case "${id}"`);
    const notes = makeContext({ signal, seed: 1 });
    try {
      await check.run(bench, notes.context);
      return [id, "passed"];
    } catch (error) {
      if (!(error instanceof OutcomeSignal)) throw error;
      return [id, `${error.outcome.kind}: ${error.message}\n${notes.log.join("\n")}`];
    } finally {
      await notes.cleanUp();
    }
  });
  return Object.fromEntries(await Promise.all(ended));
}

test("each fault and each way to go on is survived, and nothing is left behind", {
  skip,
}, async () => {
  const ids = [
    "A11/error/gc",
    "A8/kill-daemon/del-twice",
    "A4/kill-shim/next-add",
    "D4/hang/del",
    "D6/cut-after/restart",
    "A5/cut-before/reboot",
  ];
  const before = await world?.snapshot();
  assert.deepEqual(await outcomes(ids), Object.fromEntries(ids.map((id) => [id, "passed"])));
  const now = await world?.snapshot();
  assert.ok(before && now);
  assert.deepEqual(snapshotDifference(before, now), []);
});

const planted: readonly [bug: string, id: string, says: RegExp][] = [
  ["freed-before-undone", "D3/error/del", /I1 .* is free by the daemon's word/],
  ["content-not-synced", "A1/error/reboot", /is no record any more/],
];

for (const [bug, id, says] of planted) {
  test(`the planted bug ${bug} is found`, { skip }, async () => {
    const { [id]: outcome = "" } = await outcomes([id], bug);
    assert.match(outcome, /^failed: /);
    assert.match(outcome, says);
  });
}
