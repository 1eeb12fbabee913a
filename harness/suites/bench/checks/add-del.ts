/** Latency of each verb, one call at a time. */
import type { Check } from "../../../core/check.ts";
import type { Contender, Seat } from "../contender.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import { absences, type Stand, usualRuns } from "../stand.ts";

const warmUp = 10;

export const addDel: Check<Stand> = {
  id: "add-del",
  title: "ADD, CHECK, STATUS and DEL one at a time, beside the kernel's own time for a move",
  timeoutMs: 1_800_000,
  async run(stand, t) {
    const contenders = [...stand.contenders, ...stand.limits];
    const rounds = stand.rounds(usualRuns);
    const seatOf = new Map<Contender, Seat | undefined>();
    for (const [i, contender] of contenders.entries()) {
      seatOf.set(contender, (await stand.seats(i + 1, contender.node))[i]);
    }
    const watch = new MachineWatch();
    const samples = await interleave(
      contenders,
      { rounds, warmUp, seed: t.seed, signal: t.signal, beforeRound: () => watch.calibrate() },
      async (contender: Contender) => {
        const seat = seatOf.get(contender);
        if (seat === undefined) throw new Error(`Cannot measure ${contender.name}: no pod`);
        const took: Record<string, number> = {};
        for (const verb of contender.verbs) {
          took[verb] = await contender.call(verb, seat);
        }
        return { ...took, both: (took["ADD"] ?? 0) + (took["DEL"] ?? 0) };
      },
    );
    const report = new Report(t, watch);
    for (const { name, verbs } of contenders) {
      for (const verb of verbs) {
        report.latency(`${verb.toLowerCase()}.${name}`, samplesOf(samples, name, verb));
      }
      report.latency(`add-del.${name}`, samplesOf(samples, name, "both"));
    }
    const offload = (what: string) => samplesOf(samples, "offload", what);
    const bridge = (what: string) => samplesOf(samples, "bridge", what);
    const otherwise = absences(stand, ["offload", "bridge"]);
    const common = { better: "lower", otherwise } as const;
    report.ratio({ ...common, name: "ratio.add.p50", of: offload("ADD"), against: bridge("ADD") });
    report.ratio({ ...common, name: "ratio.del.p50", of: offload("DEL"), against: bridge("DEL") });
    const move = samplesOf(samples, "move", "ADD");
    const floor = { ...common, name: "add.p50.above-floor", of: offload("ADD"), against: move };
    report.difference(floor, "ms");
  },
};
