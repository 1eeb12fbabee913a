/** Pods per second that a node can make and unmake for some time: an ADD and a DEL each, several at a time. */
import type { Check, CheckContext } from "../../../core/check.ts";
import type { Contender, Seat } from "../contender.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import { absences, type Stand } from "../stand.ts";

const usualRounds = 12;
const warmUp = 1;
const width = 16;
const lastsMs = 3_000;

export const churn: Check<Stand> = {
  id: "churn",
  title: `pods made and unmade per second, ${width} at a time for ${lastsMs / 1_000} s`,
  timeoutMs: 1_800_000,
  async run(stand, t) {
    const contenders = stand.contenders.filter(({ node }) => node === stand.node);
    const seats = await stand.seats(Math.min(width, stand.node.card.vfs.length));
    const watch = new MachineWatch();
    const rounds = stand.rounds(usualRounds);
    const samples = await interleave(
      contenders,
      { rounds, warmUp, seed: t.seed, signal: t.signal, beforeRound: () => watch.calibrate() },
      async (contender) => ({ rate: await rateOf(contender, seats, t) }),
    );
    const report = new Report(t, watch);
    for (const { name } of contenders) {
      const rates = samplesOf(samples, name, "rate");
      report.median(`churn.${name}.rate`, rates, { unit: "pods/s", better: "higher" });
    }
    report.ratio({
      name: "ratio.churn.rate",
      better: "higher",
      of: samplesOf(samples, "offload", "rate"),
      against: samplesOf(samples, "bridge", "rate"),
      otherwise: absences(stand, ["offload", "bridge"]),
    });
  },
};

async function rateOf(
  contender: Contender,
  seats: readonly Seat[],
  { signal }: CheckContext,
): Promise<number> {
  const startedAt = performance.now();
  let pods = 0;
  await Promise.all(
    seats.map(async (seat) => {
      while (performance.now() - startedAt < lastsMs && !signal.aborted) {
        await contender.call("ADD", seat);
        await contender.call("DEL", seat);
        pods += 1;
      }
    }),
  );
  return (pods / (performance.now() - startedAt)) * 1_000;
}
