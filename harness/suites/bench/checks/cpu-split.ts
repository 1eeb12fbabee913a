/** CPU per gigabit and per transaction on the host's cores and on the DPU's, in an emulation that gives each side cores of its own. */
import { cpus } from "node:os";
import type { Place, Process } from "../../../core/backend.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { median } from "../../../figures/quantile.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, type Samples, samplesOf } from "../rounds.ts";
import type { Stand } from "../stand.ts";
import { coreTimes, spentSince } from "../traffic/core-times.ts";
import { iperfServer, streamGbit } from "../traffic/iperf.ts";
import { lackingTool } from "../traffic/lacking-tool.ts";
import { openPathways, type Pathway } from "../traffic/pathway.ts";
import { roundTrips, sockperfServer } from "../traffic/sockperf.ts";
import { type Cores, coreList, divideCores, steer } from "../traffic/steering.ts";

const warmUp = 1;
const seconds = 3;
const ratio = "ratio.stream.host-cpu-per-gbit";

/** What is done over a pathway, and by what its CPU is divided. */
interface Load {
  readonly name: string;
  readonly rounds: number;
  /** of its rate, and of the CPU time for so much of it */
  readonly units: { readonly rate: string; readonly cost: string };
  serve(pathway: Pathway, cores: string): Promise<Process>;
  /** per second, and how many units of cost were done */
  measure(
    pathway: Pathway,
    cores: string,
  ): Promise<{ readonly rate: number; readonly done: number }>;
}

const stream: Load = {
  name: "stream",
  rounds: 10,
  units: { rate: "Gbit/s", cost: "ms/Gbit" },
  serve: iperfServer,
  async measure(pathway, cores) {
    const rate = await streamGbit(pathway, { seconds, flows: 1, cores });
    return { rate, done: rate * seconds };
  },
};

const requests: Load = {
  name: "rr",
  rounds: 6,
  units: { rate: "1/s", cost: "ms/10k" },
  serve: sockperfServer,
  async measure(pathway, cores) {
    const { rate } = await roundTrips(pathway, seconds, cores);
    return { rate, done: (rate * seconds) / 10_000 };
  },
};

/** bpf_redirect_peer() of the kernel hands packets on without a queue that could be steered. */
const unsteered =
  "its packets pass no queue on the DPU, so this emulation cannot tell the sides apart";

export const cpuSplit: Check<Stand> = {
  id: "cpu-split",
  title:
    "CPU per Gbit and per transaction on the host's cores and on the DPU's, each side with cores of its own",
  timeoutMs: 1_200_000,
  async run(stand, t) {
    const skip = (reason: string): never => {
      t.noFigure(ratio, reason);
      return t.skip(reason);
    };
    const cores = divideCores(cpus().length);
    if (cores === undefined) return skip("one core cannot be divided between host and DPU");
    const { pathways, missing } = await openPathways(stand, "same-node", t);
    for (const pathway of pathways) {
      const problem = await steerPathway(pathway, { cores, t, host: stand.node.host });
      if (problem !== undefined) return skip(problem);
    }
    const lacking = await lackingTool(stand.node.host, { taskset: "util-linux", iperf3: "iperf3" });
    if (lacking !== undefined) return skip(lacking);
    const at = { stand, t, cores, pathways };
    const { samples, report } = await measureAll(stream, at);
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
    const noRequests = await lackingTool(stand.node.host, { sockperf: "sockperf" });
    if (noRequests === undefined) await measureAll(requests, at);
    else t.noFigure("split.rr.routed.host.network", noRequests);
  },
};

async function measureAll(
  load: Load,
  at: {
    readonly stand: Stand;
    readonly t: CheckContext;
    readonly cores: Cores;
    readonly pathways: readonly Pathway[];
  },
): Promise<{ readonly samples: Samples; readonly report: Report }> {
  const { stand, t, cores, pathways } = at;
  for (const pathway of pathways) {
    const server = await load.serve(pathway, coreList(cores.host));
    t.cleanup(() => server.stop());
  }
  const watch = new MachineWatch();
  const { seed, signal } = t;
  const beforeRound = () => watch.calibrate();
  const rounds = stand.rounds(load.rounds);
  const samples = await interleave(
    pathways,
    { rounds, warmUp, seed, signal, beforeRound },
    (pathway) => spent(load, pathway, cores),
  );
  const report = new Report(t, watch);
  for (const { name } of pathways) {
    for (const what of ["host.network", "host.workload", "dpu.network", "dpu.workload"]) {
      const own = samplesOf(samples, name, what);
      const unit = load.units.cost;
      report.median(`split.${load.name}.${name}.${what}`, own, { unit, better: "lower" });
    }
    const rate = samplesOf(samples, name, "rate");
    const unit = load.units.rate;
    report.median(`split.${load.name}.${name}.rate`, rate, { unit, better: "higher" });
  }
  return { samples, report };
}

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

async function spent(
  load: Load,
  pathway: Pathway,
  cores: Cores,
): Promise<Readonly<Record<string, number>>> {
  const before = coreTimes();
  const { rate, done } = await load.measure(pathway, coreList(cores.host));
  const [host, dpu] = [spentSince(before, cores.host), spentSince(before, cores.dpu)];
  return {
    rate,
    "host.network": host.network / done,
    "host.workload": host.workload / done,
    "dpu.network": dpu.network / done,
    "dpu.workload": dpu.workload / done,
  };
}
