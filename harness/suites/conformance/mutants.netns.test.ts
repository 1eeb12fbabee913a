/** Each check listed here fails on a plugin that is broken where it looks, and passes on the same plugin unbroken. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { brokenInstaller } from "./broken-installer.ts";
import { catalogue } from "./catalogue.ts";
import { judgeFor } from "./judge.ts";
import type { RequirementCheck } from "./requirement-check.ts";
import { Subject } from "./subject.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

/** mutation of the plugin → a check that must notice it */
const noticed: readonly (readonly [mutation: string, check: string])[] = [
  ["logs-on-stdout", "PRO-04"],
  ["exits-with-0", "PRO-03"],
  ["any-ifname", "PRO-15"],
  ["error-on-stderr", "ERR-02"],
  ["any-version", "ADD-06"],
  ["lies-version", "ADD-05"],
  ["replaces-existing", "ADD-03"],
  ["hides-host-link", "RES-01"],
  ["lies-mac", "RES-03"],
  ["lies-sandbox", "RES-05"],
  ["lies-address", "RES-08"],
  ["lies-index", "RES-10"],
  ["lies-family", "RES-11"],
  ["lies-route", "RES-14"],
  ["leaks-address", "DEL-06"],
  ["del-does-nothing", "DEL-01"],
  ["del-needs-add", "DEL-04"],
  ["del-needs-netns", "DEL-08"],
  ["key-without-ifname", "DEL-13"],
  ["prints-always", "DEL-02"],
  ["empty-check", "CHK-05"],
  ["gc-does-nothing", "GC-01"],
  ["gc-one-key", "GC-03"],
  ["gc-by-container", "GC-04"],
  ["gc-without-list", "GC-06"],
  ["gc-any-network", "GC-07"],
  ["same-address", "LIF-01"],
];

let world: World | undefined;

before(async () => {
  if (skip) return;
  const signal = AbortSignal.timeout(60_000);
  world = await netnsBackend().up({ nodes: 1, vfs: 2 }, { signal, progress: () => {} });
});

after(() => world?.[Symbol.asyncDispose]());

/** "passed", or how the check ended and what it said */
async function outcomeOf(subject: Subject, check: RequirementCheck): Promise<string> {
  const notes = makeContext({ signal: AbortSignal.timeout(30_000), seed: 1 });
  try {
    const { judge, differences } = judgeFor(notes.context);
    await check.run(subject, judge);
    const [first] = differences;
    return first === undefined ? "passed" : `failed: ${first.message}`;
  } catch (error) {
    if (error instanceof OutcomeSignal) return `${error.outcome.kind}: ${error.message}`;
    throw error;
  } finally {
    await notes.cleanUp();
  }
}

async function judge(mutation: string, ids: ReadonlySet<string>): Promise<Map<string, string>> {
  assert.ok(world?.nodes[0]);
  const signal = AbortSignal.timeout(60_000);
  await using installation = await brokenInstaller(mutation).install(world, {
    signal,
    progress: () => {},
  });
  await using subject = await Subject.on(world.nodes[0], installation.plugin(world.nodes[0]));
  const outcomes = new Map<string, string>();
  for (const check of catalogue.filter(({ id }) => ids.has(id))) {
    outcomes.set(check.id, await outcomeOf(subject, check));
  }
  return outcomes;
}

test("each of these checks passes on the plugin that is not broken", { skip }, async () => {
  const outcomes = await judge("", new Set(noticed.map(([, id]) => id)));
  const unexpected = [...outcomes].filter(([, outcome]) => outcome !== "passed");
  assert.deepEqual(unexpected, []);
});

for (const [mutation, id] of noticed) {
  test(`${id} fails on the plugin that is broken by ${mutation}`, { skip }, async () => {
    const outcome = (await judge(mutation, new Set([id]))).get(id);
    assert.match(outcome ?? "there is no such check", /^failed: /);
  });
}
