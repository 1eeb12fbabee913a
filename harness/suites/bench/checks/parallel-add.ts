/** ADDs started at one moment: how many are done in a second, and how long each takes among the others. */
import type { Check } from "../../../core/check.ts";
import type { Contender, Seat } from "../contender.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import { absences, type Stand } from "../stand.ts";

const usualRounds = 20;
const warmUp = 1;
const widths = [1, 4, 16, 64] as const;

export const parallelAdd: readonly Check<Stand>[] = widths.map((width) => ({
  id: `parallel-${width}`,
  title: `ADDs per second with ${width} at a time`,
  timeoutMs: 1_800_000,
  async run(stand, t) {
    const vfs = stand.node.card.vfs.length;
    const ratio = `ratio.add.parallel-${width}.rate`;
    if (vfs < width) {
      t.noFigure(ratio, `the node has ${vfs} VFs, fewer than ${width} (raise --vfs)`);
      t.skip(`the node has ${vfs} VFs, fewer than ${width} (raise --vfs)`);
    }
    const { limits } = stand;
    const contenders = stand.contenders.filter(({ node }) => node === stand.node);
    // The limit of a move has one link to move.
    const all = [...contenders, ...limits.filter(({ name }) => name === "exec")];
    const seats = await stand.seats(width);
    const watch = new MachineWatch();
    const rounds = stand.rounds(usualRounds);
    const each = new Map<string, number[]>();
    const samples = await interleave(
      all,
      { rounds, warmUp, seed: t.seed, signal: t.signal, beforeRound: () => watch.calibrate() },
      async (contender, round) => {
        const storm = await stormOf(stand, contender, seats);
        if (round >= 0)
          each.set(contender.name, [...(each.get(contender.name) ?? []), ...storm.eachMs]);
        return { rate: (width / storm.durationMs) * 1_000 };
      },
    );
    const report = new Report(t, watch);
    for (const { name } of all) {
      const rates = samplesOf(samples, name, "rate");
      const unit = "ADD/s";
      report.median(`add.parallel-${width}.${name}.rate`, rates, { unit, better: "higher" });
      report.latency(`add.parallel-${width}.${name}`, each.get(name) ?? []);
    }
    report.ratio({
      name: ratio,
      better: "higher",
      of: samplesOf(samples, "offload", "rate"),
      against: samplesOf(samples, "bridge", "rate"),
      otherwise: absences(stand, ["offload", "bridge"]),
    });
  },
}));

async function stormOf(
  stand: Stand,
  contender: Contender,
  seats: readonly Seat[],
): Promise<{ readonly durationMs: number; readonly eachMs: readonly number[] }> {
  let ended: readonly PromiseSettledResult<number>[] = [];
  const caller = await stand.callerOn(contender.node);
  const durationMs = await caller.storm(seats.length, async () => {
    ended = await Promise.allSettled(seats.map((seat) => contender.call("ADD", seat)));
  });
  // Also of those that failed, which would stand in the way of the next round.
  const gone = await Promise.allSettled(seats.map((seat) => contender.call("DEL", seat)));
  for (const end of [...ended, ...gone]) if (end.status === "rejected") throw end.reason;
  return {
    durationMs,
    eachMs: ended.flatMap((end) => (end.status === "fulfilled" ? [end.value] : [])),
  };
}
