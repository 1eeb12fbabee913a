/** The product's code over kernels in memory keeps the model of ownership; a product that does not is found and shrunk. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Explored, explore } from "../suites/property/explore.ts";
import { loadSequences, sequenceFolder } from "../suites/property/saved-sequences.ts";
import type { Stage } from "../suites/property/stage.ts";
import { MemoryStage } from "./memory-stage.ts";

const { signal } = new AbortController();
const steps = 1_000;

function text(found: Explored): string {
  if (found.kind === "held") return "";
  const lines = found.sequence.map((step) => JSON.stringify(step));
  return [found.message, ...lines, `path ${found.path ?? found.file}`].join("\n");
}

test("nothing is lost in sequences of calls, crashes and faults", async () => {
  await using stage = await MemoryStage.open();
  const saved = await loadSequences(sequenceFolder);
  const found = await explore(stage, { saved, seed: 5, steps, signal, shrinkMs: 10_000 });
  assert.equal(text(found), "");
  assert.ok(found.steps >= steps);
});

/** The stage with one of its verbs replaced. */
function spoiled(stage: MemoryStage, wrong: (stage: MemoryStage) => Partial<Stage>): Stage {
  const instead = wrong(stage);
  return new Proxy(stage, {
    get(target, name) {
      const value: unknown = Reflect.get(name in instead ? instead : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const wrongs: readonly [
  what: string,
  wrong: (stage: MemoryStage) => Partial<Stage>,
  said: RegExp,
  most: number,
][] = [
  [
    "a DEL that is confirmed and never done",
    () => ({ del: async () => ({ answer: "done", words: "DEL" }) }),
    /I5: attachment podnet\/prop-.* must be gone/,
    2,
  ],
  [
    "a DPU that forgets its ports without a reboot, and a host that does not notice",
    (stage) => ({
      status: async () => {
        await stage.forgetPorts();
        return { answer: "done", words: "STATUS" };
      },
    }),
    /I[14]: attachment podnet\/prop-/,
    6,
  ],
  [
    "a second ADD of what lives that succeeds",
    (stage) => ({
      add: async (slot, waits) => {
        await stage.add(slot, waits);
        return { answer: "done", words: "ADD" };
      },
    }),
    /a second ADD of a living attachment succeeded|must live/,
    6,
  ],
];

for (const [what, wrong, said, most] of wrongs) {
  test(`${what} is found and shrunk`, async () => {
    await using stage = await MemoryStage.open();
    const broken = spoiled(stage, wrong);
    const found = await explore(broken, {
      saved: [],
      seed: 1,
      steps: 500,
      signal,
      shrinkMs: 20_000,
    });
    assert.ok(found.kind === "broken", "it was not found");
    assert.match(found.message, said);
    assert.ok(found.sequence.length <= most, text(found));
  });
}
