/** A real containerd on a node: the double agrees with it, a double that did not would be found, and pods reach each other. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import type { Check } from "../../core/check.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { offloadInstaller } from "../../install/offload.ts";
import { whyNoContainerd } from "../../runtime/cri/why-no-containerd.ts";
import { reach } from "../connectivity/checks/reach.ts";
import { vfReturns } from "../connectivity/checks/vf-returns.ts";
import { populate } from "../connectivity/population.ts";
import { checkOf } from "./containerd.ts";
import { scenarios } from "./scenarios.ts";
import { TwoRuntimes } from "./two-runtimes.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? ((await whyNoContainerd()) ?? false)
  : "needs namespaces of its own: run it through npm test";

const context = { signal: AbortSignal.timeout(120_000), progress: () => {}, seed: 1 };
let world: World | undefined;
let runtimes: TwoRuntimes | undefined;

before(async () => {
  if (skip) return;
  world = await netnsBackend().up({ nodes: 1, vfs: 4 }, context);
  runtimes = await TwoRuntimes.open({ ...context, world });
});

after(async () => {
  await runtimes?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

async function outcomeOf<F>(check: Check<F>, fixture: F): Promise<string> {
  const notes = makeContext({ signal: AbortSignal.timeout(60_000), seed: 1 });
  try {
    await check.run(fixture, notes.context);
    return "passed";
  } catch (error) {
    if (error instanceof OutcomeSignal) return `${error.outcome.kind}: ${error.message}`;
    throw error;
  } finally {
    assert.deepEqual(await notes.cleanUp(), []);
  }
}

for (const scenario of scenarios) {
  test(`${scenario.id}: both ${scenario.title}`, { skip }, async () => {
    assert.ok(runtimes);
    assert.equal(await outcomeOf(checkOf(scenario), runtimes), "passed");
  });
}

test("a scenario that ends in another way than the double should know fails", {
  skip,
}, async () => {
  const [scenario] = scenarios;
  assert.ok(scenario && runtimes);
  const wrong = checkOf({ ...scenario, run: "refused" });
  assert.match(await outcomeOf(wrong, runtimes), /^failed: the double should know/);
});

test("pods of a real containerd have VFs, reach each other, and give them back", {
  skip,
}, async () => {
  assert.ok(world);
  const options = { installer: offloadInstaller, podsPerNode: 2, runtime: "containerd" as const };
  const population = await populate({ ...context, world }, options);
  try {
    assert.equal(await outcomeOf(reach("same-node", 4), population), "passed");
    assert.equal(await outcomeOf(vfReturns, population), "passed");
  } finally {
    await population[Symbol.asyncDispose]();
  }
});
