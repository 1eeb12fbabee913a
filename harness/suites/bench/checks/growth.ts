/** What many pods cost: memory, a restart of the daemon, and an ADD on a card that is large and full against a small one. */
import type { Check, CheckContext } from "../../../core/check.ts";
import type { Faults } from "../../../core/faults.ts";
import type { ServingProcess } from "../../../core/installation.ts";
import type { Contender } from "../contender.ts";
import { Crowd } from "../crowd.ts";
import { MachineWatch } from "../machine-watch.ts";
import { processMemory } from "../process-memory.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import type { Stand } from "../stand.ts";

const usualRounds = 100;
const usualRestarts = 10;
const warmUp = 5;
/** VFs left free, for the pods that are measured */
const spare = 2;
const readyMs = 20_000;

/** The sizes in the names of figures are the usual ones; a test has smaller ones. */
export interface Sizes {
  readonly few: number;
  readonly memoryAt: number;
  readonly restartAt: number;
  readonly many: number;
}

const usual: Sizes = { few: 10, memoryAt: 250, restartAt: 500, many: 1_000 };

export function growth(sizes: Sizes = usual): Check<Stand> {
  const { few, memoryAt, restartAt, many } = sizes;
  const ratio = `ratio.add.vfs-${many}-to-${few}`;
  return {
    id: "growth",
    title: `${memoryAt}, ${restartAt} and ${many} pods: memory, restart, and ADD against a card of ${few} VFs`,
    timeoutMs: 2_400_000,
    async run(stand, t) {
      await using grown = asDisposable(await stand.grown([few, many]), (reason) => {
        t.noFigure(ratio, reason);
        return t.skip(reason);
      });
      const { installation, contenders } = grown;
      const [small, large] = contenders;
      if (small === undefined || large === undefined) return t.blocked("there are no such nodes");
      await using fewPods = new Crowd(small, () => stand.podName());
      await using manyPods = new Crowd(large, () => stand.podName());
      await fewPods.growTo(few - spare, t.signal);

      await manyPods.growTo(memoryAt, t.signal);
      for (const one of installation.processes?.(large.node) ?? []) memory(one, memoryAt, t);

      await manyPods.growTo(restartAt, t.signal);
      const faults = installation.faults?.(large.node);
      const name = `restart.daemon.pods-${restartAt}`;
      if (faults === undefined) t.noFigure(name, "the node permits no kill");
      else await restarts(name, faults, { stand, large, t });

      await manyPods.growTo(many - spare, t.signal);
      await adds(ratio, { stand, small, large, sizes, t });
    },
  };
}

function asDisposable<T extends AsyncDisposable>(grown: T | string, no: (why: string) => never): T {
  return typeof grown === "string" ? no(grown) : grown;
}

function memory({ name, pid }: ServingProcess, pods: number, t: CheckContext): void {
  const { residentMb, proportionalMb } = processMemory(pid);
  const common = { unit: "MB", n: 1, better: "lower" } as const;
  t.figure({ name: `memory.${name}.resident.pods-${pods}`, value: residentMb, ...common });
  t.figure({ name: `memory.${name}.proportional.pods-${pods}`, value: proportionalMb, ...common });
}

/** From the start of the process to a STATUS of 0. */
async function restarts(
  name: string,
  { daemon }: Faults,
  {
    stand,
    large,
    t,
  }: { readonly stand: Stand; readonly large: Contender; readonly t: CheckContext },
): Promise<void> {
  const [seat] = await stand.seats(1, large.node);
  if (seat === undefined) return t.blocked("there is no pod");
  const watch = new MachineWatch();
  const samples: number[] = [];
  for (let round = 0; round < stand.rounds(usualRestarts); round += 1) {
    watch.calibrate();
    await daemon.kill();
    const startedAt = performance.now();
    daemon.start();
    for (;;) {
      const isReady = await large.call("STATUS", seat).then(
        () => true,
        () => false,
      );
      if (isReady) break;
      t.signal.throwIfAborted();
      if (performance.now() - startedAt > readyMs) {
        return t.fail(`the daemon is not ready after ${readyMs} ms`);
      }
    }
    samples.push(performance.now() - startedAt);
  }
  new Report(t, watch).median(name, samples, { unit: "ms", better: "lower" });
}

async function adds(
  ratio: string,
  of: {
    readonly stand: Stand;
    readonly small: Contender;
    readonly large: Contender;
    readonly sizes: Sizes;
    readonly t: CheckContext;
  },
): Promise<void> {
  const { stand, small, large, sizes, t } = of;
  const watch = new MachineWatch();
  const { seed, signal } = t;
  const rounds = stand.rounds(usualRounds);
  const beforeRound = () => watch.calibrate();
  const samples = await interleave(
    [small, large],
    { rounds, warmUp, seed, signal, beforeRound },
    async (contender) => {
      const [seat] = await stand.seats(1, contender.node);
      if (seat === undefined) return t.blocked("there is no pod");
      const add = await contender.call("ADD", seat);
      return { add, del: await contender.call("DEL", seat) };
    },
  );
  const report = new Report(t, watch);
  const few = samplesOf(samples, small.name, "add");
  const many = samplesOf(samples, large.name, "add");
  report.latency(`add.vfs-${sizes.few}.offload`, few);
  report.latency(`add.vfs-${sizes.many}.offload`, many);
  report.latency(`del.vfs-${sizes.many}.offload`, samplesOf(samples, large.name, "del"));
  report.ratio({ name: ratio, better: "lower", of: many, against: few, otherwise: "" });
}
