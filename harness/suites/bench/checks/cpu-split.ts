/** CPU per gigabit on the host's cores and on the DPU's, in an emulation that gives each side cores of its own. */

import { cpus } from "node:os";
import type { Place } from "../../../core/backend.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { median } from "../../../figures/quantile.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, samplesOf } from "../rounds.ts";
import type { Stand } from "../stand.ts";
import { coreTimes, spentSince } from "../traffic/core-times.ts";
import { iperfServer, streamGbit } from "../traffic/iperf.ts";
import { openPathways, type Pathway } from "../traffic/pathway.ts";
import { type Cores, coreList, divideCores, steer } from "../traffic/steering.ts";

const usualRounds = 10;
const warmUp = 1;
const seconds = 3;
const ratio = "ratio.stream.host-cpu-per-gbit";

/** bpf_redirect_peer() of the kernel hands packets on without a queue that could be steered. */
const unsteered =
  "its packets pass no queue on the DPU, so this emulation cannot tell the sides apart";

export const cpuSplit: Check<Stand> = {
  id: "cpu-split",
  title: "CPU per Gbit on the host's cores and on the DPU's, where each side has cores of its own",
  timeoutMs: 1_200_000,
  async run(stand, t) {
    const skip = (reason: string): never => {
      t.noFigure(ratio, reason);
      return t.skip(reason);
    };
    const cores = divideCores(cpus().length);
    if (cores === undefined) return skip("one core cannot be divided between host and DPU");
    const found = await stand.node.host.exec([
      "sh",
      "-c",
      "command -v iperf3 && command -v taskset",
    ]);
    if (found.exitCode !== 0)
      return skip("no iperf3 or taskset: apt-get install iperf3 util-linux");
    const { pathways, missing } = await openPathways(stand, "same-node", t);
    for (const pathway of pathways) {
      const problem = await steerPathway(pathway, { cores, t, host: stand.node.host });
      if (problem !== undefined) return skip(problem);
      const server = await iperfServer(pathway, coreList(cores.host));
      t.cleanup(() => server.stop());
    }
    const watch = new MachineWatch();
    const samples = await interleave(
      pathways,
      {
        rounds: stand.rounds(usualRounds),
        warmUp,
        seed: t.seed,
        signal: t.signal,
        beforeRound: () => watch.calibrate(),
      },
      (pathway) => spentPerGbit(pathway, cores),
    );
    const report = new Report(t, watch);
    const unit = "ms/Gbit";
    for (const { name } of pathways) {
      for (const what of ["host.network", "host.workload", "dpu.network", "dpu.workload"]) {
        const own = samplesOf(samples, name, what);
        report.median(`split.stream.${name}.${what}`, own, { unit, better: "lower" });
      }
      const rate = samplesOf(samples, name, "rate");
      report.median(`split.stream.${name}.rate`, rate, { unit: "Gbit/s", better: "higher" });
    }
    for (const name of ["routed", "delegate"]) {
      const own = name === "routed" ? ratio : `${ratio}.${name}`;
      const onDpu = samplesOf(samples, name, "dpu.network");
      if (onDpu.length > 0 && median(onDpu) === 0) {
        t.noFigure(own, unsteered);
        continue;
      }
      report.ratio({
        name: own,
        better: "lower",
        of: samplesOf(samples, name, "host.network"),
        against: samplesOf(samples, "bridge", "host.network"),
        otherwise: [name, "bridge"].flatMap((one) => missing.get(one) ?? []).join("; "),
      });
    }
  },
};

/** A plugin without a DPU has all of its network on the host's cores. */
async function steerPathway(
  { name, from, to, network }: Pathway,
  { cores, t, host }: { readonly cores: Cores; readonly t: CheckContext; readonly host: Place },
): Promise<string | undefined> {
  const sides: (readonly [Place, readonly number[]])[] = [
    [from, cores.host],
    [to, cores.host],
    ...network.map((place) => [place, place === host ? cores.host : cores.dpu] as const),
  ];
  for (const [place, own] of sides) {
    t.cleanup(() => steer(place, []));
    const problem = await steer(place, own);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

async function spentPerGbit(
  pathway: Pathway,
  cores: Cores,
): Promise<Readonly<Record<string, number>>> {
  const before = coreTimes();
  const rate = await streamGbit(pathway, { seconds, flows: 1, cores: coreList(cores.host) });
  const gbit = rate * seconds;
  const [host, dpu] = [spentSince(before, cores.host), spentSince(before, cores.dpu)];
  return {
    rate,
    "host.network": host.network / gbit,
    "host.workload": host.workload / gbit,
    "dpu.network": dpu.network / gbit,
    "dpu.workload": dpu.workload / gbit,
  };
}
