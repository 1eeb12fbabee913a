/** The suite property: random sequences of calls and faults on the offload, held against a model of ownership by the oracle. */
import { relative } from "node:path";
import type { Check, CheckContext } from "../../core/check.ts";
import { errorText } from "../../core/error-text.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Fixture, Suite, SuiteContext } from "../../core/suite.ts";
import type { RunOptions, SuiteFactory } from "../../core/suite-factory.ts";
import { offloadOver } from "../../install/offload.ts";
import { plant, plantedBug } from "../../install/planted.ts";
import { Closing } from "../closing.ts";
import { type Explored, explore } from "./explore.ts";
import { NodeStage } from "./node-stage.ts";
import { loadSequences, saveSequence, sequenceFolder } from "./saved-sequences.ts";

const title =
  "whatever is called and whatever fails, nothing is lost: ownership is as the model says";
const usualSteps = 1_000;
const reportEveryMs = 5_000;

export const property: SuiteFactory = {
  name: "property",
  title,
  isDefault: false,
  isRouted: true,
  wantsNodes: 4,
  create: (asked) => propertySuite(asked),
};

interface Stages extends Fixture {
  readonly stages: readonly NodeStage[];
  readonly progress: (line: string) => void;
}

/** @param folder in place of fixtures/sequences, for self-tests */
export function propertySuite(asked: RunOptions, folder: string = sequenceFolder): Suite<Stages> {
  const { nodes } = asked;
  if (asked.plant !== undefined) plantedBug(asked.plant);
  const steps = Math.ceil((asked.steps ?? usualSteps) / nodes);
  return {
    name: "property",
    title,
    parallel: nodes,
    checks: () =>
      Array.from({ length: nodes }, (_, index) => ownership(index, { asked, steps, folder })),
    open: (context) => openStages(context, asked),
  };
}

async function openStages(context: SuiteContext, asked: RunOptions): Promise<Stages> {
  const { world, signal, progress } = context;
  const closing = new Closing();
  try {
    const { linuxKernel } = await import("../../../impl/netlink/linux.ts");
    const planted = asked.plant === undefined ? undefined : closing.use(await plant(asked.plant));
    const installer =
      asked.installers?.[0] ?? offloadOver(undefined, planted && { root: planted.root });
    const installation = closing.use(await installer.install(world, { signal, progress }));
    const kernel = linuxKernel();
    const stages = await Promise.all(
      world.nodes.map(async (node) => {
        const faults = installation.faults?.(node);
        if (faults === undefined) throw notApplicable(installer.name, node.name);
        const casualties = () =>
          installation.casualties().filter((one) => one.includes(` on ${node.name} `));
        const plugin = installation.plugin(node);
        const own = { node, plugin, faults, kernel, casualties, signal };
        return closing.use(await NodeStage.open(own));
      }),
    );
    return {
      stages,
      progress,
      casualties: () => installation.casualties(),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

function notApplicable(plugin: string, node: string): OutcomeSignal {
  const message = `${plugin} on ${node} has no fault controls`;
  return new OutcomeSignal({ kind: "notApplicable", message });
}

interface OwnershipOptions {
  readonly asked: RunOptions;
  readonly steps: number;
  readonly folder: string;
}

function ownership(index: number, { asked, steps, folder }: OwnershipOptions): Check<Stages> {
  const id = `ownership-${index + 1}`;
  return {
    id,
    title: `on node ${index + 1} nothing is lost in any sequence of calls and faults`,
    timeoutMs: 180_000 + steps * 1_000,
    async run({ stages, progress }, t: CheckContext) {
      const stage = stages[index];
      if (stage === undefined) t.blocked(`there is no node ${index + 1}`);
      // Saved ones once, not once per node.
      const all = await loadSequences(folder);
      const saved = all.filter((_, at) => at % stages.length === index);
      const found = await explore(stage.within(t.signal), {
        ...{ saved, seed: t.seed, steps, path: asked.path, signal: t.signal },
        onProgress: reporter(`node ${index + 1}`, steps, progress),
      });
      if (found.kind === "broken") return tell(found, { t, id, asked, folder });
      t.figure({ name: "steps", value: found.steps, unit: "steps", n: found.sequences });
      t.log(`${found.steps} steps in ${found.sequences} sequences from seed ${t.seed}`);
    },
  };
}

function reporter(where: string, steps: number, progress: (line: string) => void) {
  const startedMs = performance.now();
  let saidMs = startedMs;
  return (done: { readonly steps: number; readonly sequences: number }) => {
    const nowMs = performance.now();
    if (nowMs - saidMs < reportEveryMs) return;
    saidMs = nowMs;
    const rate = ((done.steps * 1_000) / (nowMs - startedMs)).toFixed(1);
    progress(
      `${where}: ${done.steps} of ${steps} steps in ${done.sequences} sequences, ${rate} a second, no violation`,
    );
  };
}

async function tell(
  found: Extract<Explored, { kind: "broken" }>,
  at: {
    readonly t: CheckContext;
    readonly id: string;
    readonly asked: RunOptions;
    readonly folder: string;
  },
): Promise<never> {
  const { t, id, asked, folder } = at;
  const { sequence, message, path, file, steps } = found;
  const lines = sequence.map((step) => JSON.stringify(step)).join("\n");
  t.evidence({ kind: "text", title: "the smallest sequence that breaks it", text: lines });
  if (file !== undefined) return t.fail(`${message}\nafter the sequence saved in ${near(file)}`);
  const again = `${asked.repeat?.("property", id) ?? "dnc run property"} --path ${path}`;
  const one = { message, seed: asked.seed ?? 0, path: path ?? "", sequence: [...sequence] };
  // What a planted bug breaks is no regression of the product.
  const kept =
    asked.plant !== undefined
      ? ""
      : await saveSequence(folder, one).then(
          (saved) => `; saved in ${near(saved)}`,
          (error) => `; not saved: ${errorText(error)}`,
        );
  return t.fail(
    `${message}\nafter ${sequence.length} steps (found at step ${steps}):\n${lines}\nagain: ${again}${kept}`,
  );
}

function near(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}
