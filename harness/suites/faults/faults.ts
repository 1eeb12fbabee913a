/** The suite faults: at every step of ADD and DEL every fault, and life going on in every way; nothing may be lost. */
import type { Check } from "../../core/check.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { plantedBug } from "../../install/planted.ts";
import { FaultBench } from "./bench.ts";
import { type FaultCase, grid, titleOf } from "./grid.ts";
import { lateDelete } from "./late-delete.ts";
import { dpuForgets, hostForgets } from "./lost-state.ts";
import { pairwise } from "./pairwise.ts";
import { runCase } from "./run-case.ts";

const title = "nothing is lost whatever fails at whatever step of ADD and DEL";
/** two bounded waits for rest, and calls that wait for a DPU that is away */
const caseTimeoutMs = 60_000;

/** faults that are at no boundary of one verb */
const beyond: readonly Check<FaultBench>[] = [lateDelete, dpuForgets, hostForgets];

export const faults: SuiteFactory = {
  name: "faults",
  title,
  isDefault: false,
  isRouted: true,
  wantsNodes: 8,
  create({ nodes, seed = 0, sample, plant }): Suite<FaultBench> {
    if (plant !== undefined) plantedBug(plant);
    const sampled = sample === "pairwise" ? pairwise(grid, seed) : grid;
    // In the order of the grid for people; a planted bug is met sooner in no order.
    const cases = plant === undefined ? grid.filter((one) => sampled.includes(one)) : sampled;
    return {
      name: "faults",
      title,
      parallel: nodes,
      checks: () => [...beyond, ...cases.map(checkOf)],
      open: (context) => FaultBench.open(context, plant),
    };
  },
};

function checkOf(one: FaultCase): Check<FaultBench> {
  return {
    id: one.id,
    title: titleOf(one),
    timeoutMs: caseTimeoutMs,
    async run(bench, t) {
      const station = await bench.lease(t);
      station.isSuspect = true;
      await runCase(one, station, t);
      station.isSuspect = false;
    },
  };
}
