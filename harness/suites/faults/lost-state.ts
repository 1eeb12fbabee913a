/** Beyond the grid: one side loses all it knew of an attachment, without a trace of the loss. */
import { rm } from "node:fs/promises";
import type { Check, CheckContext } from "../../core/check.ts";
import type { FaultBench } from "./bench.ts";
import type { Station } from "./station.ts";

export const dpuForgets: Check<FaultBench> = {
  id: "dpu-forgets",
  title: "a DPU that comes back without its state gives living pods their network again",
  timeoutMs: 60_000,
  run: (bench, t) =>
    onStation(bench, t, async (station) => {
      const subject = await attach(station, t);
      await station.faults.rebootDpu({ state: "lost" });
      await station.forgetDpu();
      await station.faults.mend(t.signal);
      const bystander = await station.bystander();
      await judge(station, t, {
        alive: await Promise.all([subject, bystander].map((one) => station.witness(one))),
        gone: [],
      });
      const ended = await station.runtime(t.signal).del(station.network, subject.attachment);
      if (!ended.ok) t.fail(`the last DEL must succeed: ${ended.error.msg}`);
    }),
};

export const hostForgets: Check<FaultBench> = {
  id: "host-forgets",
  title: "a port whose pod died and whose record is gone leaves the DPU",
  timeoutMs: 60_000,
  run: (bench, t) =>
    onStation(bench, t, async (station) => {
      const { faults } = station;
      const before = await faults.stateFiles("host");
      const subject = await attach(station, t);
      await faults.daemon.kill();
      for (const file of await faults.stateFiles("host")) {
        if (!before.includes(file)) await rm(file);
      }
      await subject.pod[Symbol.asyncDispose]();
      faults.daemon.start();
      await faults.mend(t.signal);
      await judge(station, t, { alive: [], gone: [subject.key] });
    }),
};

async function onStation(
  bench: FaultBench,
  t: CheckContext,
  work: (station: Station) => Promise<void>,
): Promise<void> {
  const station = await bench.lease(t);
  station.isSuspect = true;
  await station.bystander();
  await work(station);
  station.isSuspect = false;
}

async function attach(station: Station, t: CheckContext) {
  const subject = await station.pod();
  t.cleanup(() => station.forget(subject));
  const added = await station.runtime(t.signal).add(station.network, subject.attachment);
  if (!added.ok) t.fail(`the ADD before must succeed: ${added.error.msg}`);
  return subject;
}

async function judge(
  station: Station,
  t: CheckContext,
  expected: {
    readonly alive: Parameters<Station["oracle"]["judgeAtRest"]>[1]["alive"];
    readonly gone: readonly string[];
  },
): Promise<void> {
  const { violations } = await station.oracle.judgeAtRest(station.node, {
    expectation: { pristine: station.pristine, gone: expected.gone },
    ...{ alive: expected.alive, signal: t.signal },
  });
  const [wrong] = violations;
  if (wrong !== undefined) t.fail(`${wrong.invariant} does not hold: ${wrong.message}`);
}
