/** A short stretch of the random sequences on the real offload, and one step that a planted bug does not survive. */
import assert from "node:assert/strict";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { snapshotDifference } from "../../core/snapshot.ts";
import type { RunOptions } from "../../core/suite-factory.ts";
import { propertySuite } from "./property.ts";
import { saveSequence } from "./saved-sequences.ts";
import type { Step } from "./step.ts";

const shim = new URL("../../../impl/shim/offload-cni", import.meta.url);
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

let world: World | undefined;
let folder = "";
const signal = AbortSignal.timeout(240_000);
const progress = () => {};

before(async () => {
  if (skip) return;
  world = await netnsBackend().up({ nodes: 2, vfs: 4 }, { signal, progress });
  folder = await mkdtemp(join(tmpdir(), "dnc-sequences-"));
});

after(async () => {
  await world?.[Symbol.asyncDispose]();
  if (folder !== "") await rm(folder, { recursive: true });
});

/** What came of it on each node: "passed", or the words of the violation. */
async function outcomes(asked: Partial<RunOptions>): Promise<readonly string[]> {
  assert.ok(world);
  const suite = propertySuite({ pods: 0, nodes: 2, plugins: [], ...asked }, folder);
  await using stages = await suite.open({ world, signal, progress, seed: 20_261 });
  // Awaited here: the stages live until then.
  return await Promise.all(
    suite.checks().map(async (check) => {
      const notes = makeContext({ signal, seed: 20_261 });
      try {
        await check.run(stages, notes.context);
        return "passed";
      } catch (error) {
        if (!(error instanceof OutcomeSignal)) throw error;
        return `${error.outcome.kind}: ${error.message}`;
      } finally {
        await notes.cleanUp();
      }
    }),
  );
}

test("what random calls and faults leave is what the model says, and nothing else", {
  skip,
}, async () => {
  const before = await world?.snapshot();
  assert.deepEqual(await outcomes({ steps: 40 }), ["passed", "passed"]);
  const now = await world?.snapshot();
  assert.ok(before && now);
  assert.deepEqual(snapshotDifference(before, now), []);
});

test("a planted bug contradicts the model on the node that meets it", { skip }, async () => {
  const add: Step = { kind: "add", slot: 0, waits: true };
  await saveSequence(folder, { message: "", seed: 0, path: "", sequence: [add, add] });
  const [met = "", spared] = await outcomes({ plant: "duplicate-add-starts-over", steps: 1 });
  assert.match(met, /^failed: a second ADD of a living attachment succeeded/);
  assert.match(met, /after the sequence saved in /);
  assert.equal(spared, "passed");
});
