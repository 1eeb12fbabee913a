/** CPU that an ADD and its DEL cost the host, by who used it. */
import type { Check } from "../../../core/check.ts";
import { type Contender, hostCpu, type Seat } from "../contender.ts";
import { MachineWatch } from "../machine-watch.ts";
import { kernelThreadsMs } from "../process-cpu.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import { absences, type Stand } from "../stand.ts";

const usualRounds = 60;
const warmUp = 2;
/** in one round, so that what a process does after its answer is in the figure too */
const pods = 5;

export const hostCpuOfAddDel: Check<Stand> = {
  id: "host-cpu",
  title: "CPU of an ADD and its DEL: what was started, daemon, DPU, kernel threads",
  timeoutMs: 1_800_000,
  async run(stand, t) {
    const { limits } = stand;
    const contenders = stand.contenders.filter(({ node }) => node === stand.node);
    const all = [...contenders, ...limits.filter(({ name }) => name === "exec")];
    const seats = await stand.seats(pods);
    const watch = new MachineWatch();
    const rounds = stand.rounds(usualRounds);
    const samples = await interleave(
      all,
      { rounds, warmUp, seed: t.seed, signal: t.signal, beforeRound: () => watch.calibrate() },
      (contender) => used(contender, seats),
    );
    const report = new Report(t, watch);
    const whos = ["host", "plugin", "daemon", "dpu", "kernel-threads"];
    for (const { name } of all) {
      for (const who of whos) {
        const found = samplesOf(samples, name, who);
        // A contender without daemons has none to count.
        if (found.every((ms) => ms === 0)) continue;
        report.median(`cpu.add-del.${name}.${who}`, found, { unit: "ms", better: "lower" });
      }
    }
    report.ratio({
      name: "ratio.add-del.host-cpu",
      better: "lower",
      of: samplesOf(samples, "offload", "host"),
      against: samplesOf(samples, "bridge", "host"),
      otherwise: absences(stand, ["offload", "bridge"]),
    });
  },
};

/** Milliseconds for one ADD and one DEL. */
async function used(
  contender: Contender,
  seats: readonly Seat[],
): Promise<Readonly<Record<string, number>>> {
  const [before, kernelBefore] = [await contender.cpu(), kernelThreadsMs()];
  for (const seat of seats) await contender.call("ADD", seat);
  for (const seat of seats) await contender.call("DEL", seat);
  const [after, kernelAfter] = [await contender.cpu(), kernelThreadsMs()];
  const per = (from: number, to: number) => (to - from) / seats.length;
  return {
    host: per(hostCpu(before), hostCpu(after)),
    plugin: per(before.plugin, after.plugin),
    daemon: per(before.daemon, after.daemon),
    dpu: per(before.dpu, after.dpu),
    "kernel-threads": per(kernelBefore, kernelAfter),
  };
}
