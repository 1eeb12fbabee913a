/** What the networks carry: streams, datagrams, and requests with their answers, by scope. */
import type { Process } from "../../../core/backend.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, type Samples, samplesOf } from "../rounds.ts";
import type { Stand } from "../stand.ts";
import { datagramRate, iperfServer, streamGbit } from "../traffic/iperf.ts";
import { openPathways, type Pathway, type Scope, scopes } from "../traffic/pathway.ts";
import { roundTrips, sockperfServer } from "../traffic/sockperf.ts";

const usualRounds = 10;
const warmUp = 1;
const seconds = 1;

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly tool: "iperf3" | "sockperf";
  readonly unit: string;
  readonly better: "lower" | "higher";
  serve(pathway: Pathway): Promise<Process>;
  /** The first value is the one compared. */
  measure(pathway: Pathway): Promise<Readonly<Record<string, number>>>;
}

const streams = [1, 4, 16].map(
  (flows): Kind => ({
    name: flows === 1 ? "stream" : `stream-${flows}`,
    title: `TCP throughput with ${flows} ${flows === 1 ? "flow" : "flows"}`,
    tool: "iperf3",
    unit: "Gbit/s",
    better: "higher",
    serve: (pathway) => iperfServer(pathway),
    measure: async (pathway) => ({ rate: await streamGbit(pathway, { seconds, flows }) }),
  }),
);

const datagrams: Kind = {
  name: "datagrams",
  title: "UDP datagrams of 64 bytes that arrive, of as many as can be sent",
  tool: "iperf3",
  unit: "1/s",
  better: "higher",
  serve: (pathway) => iperfServer(pathway),
  measure: async (pathway) => ({ rate: await datagramRate(pathway, { seconds, flows: 1 }) }),
};

const requests: Kind = {
  name: "rr",
  title: "TCP requests and answers one at a time: round trips and their percentiles",
  tool: "sockperf",
  unit: "1/s",
  better: "higher",
  serve: sockperfServer,
  async measure(pathway) {
    const { rate, percentilesUs } = await roundTrips(pathway, seconds);
    const wanted = ["50", "90", "99", "99.9"].map((one) => [`p${one}`, percentilesUs.get(one)]);
    return { rate, ...Object.fromEntries(wanted.filter(([, value]) => value !== undefined)) };
  },
};

const kinds = [...streams, datagrams, requests];

/** Off the node one stream and one client say what there is to say. */
export const traffic: readonly Check<Stand>[] = scopes.flatMap((scope) =>
  kinds
    .filter(({ name }) => scope === "same-node" || name === "stream" || name === "rr")
    .map((kind) => trafficCheck(kind, scope)),
);

function trafficCheck(kind: Kind, scope: Scope): Check<Stand> {
  // The figures of one node are the usual ones: they have no scope in their names.
  const figure = scope === "same-node" ? kind.name : `${kind.name}.${scope}`;
  return {
    id: `${kind.name}-${scope}`,
    title: `${kind.title}, ${scope.replaceAll("-", " ")}`,
    timeoutMs: 1_200_000,
    async run(stand, t) {
      await requireTool(stand, kind, { figure, t });
      const { pathways, missing } = await openPathways(stand, scope, t);
      for (const [name, reason] of missing) t.noFigure(`${figure}.${name}.rate`, reason);
      if (pathways.length === 0) t.skip([...missing.values()].join("; "));
      const watch = new MachineWatch();
      const samples = await measureAll(kind, pathways, { stand, t, watch });
      const report = new Report(t, watch);
      for (const { name } of pathways) reportOne(report, kind, { figure, name, samples });
      // No bridge joins two nodes.
      for (const name of scope === "across-nodes" ? [] : ["routed", "delegate"]) {
        report.ratio({
          name: `ratio.${figure}.${name}`,
          better: kind.better,
          of: samplesOf(samples, name, "rate"),
          against: samplesOf(samples, "bridge", "rate"),
          otherwise: [name, "bridge"].flatMap((one) => missing.get(one) ?? []).join("; "),
        });
      }
    },
  };
}

async function requireTool(
  stand: Stand,
  { tool }: Kind,
  { figure, t }: { readonly figure: string; readonly t: CheckContext },
): Promise<void> {
  const found = await stand.node.host.exec(["sh", "-c", `command -v ${tool}`]);
  if (found.exitCode === 0) return;
  const reason = `no ${tool}: apt-get install ${tool}`;
  for (const name of ["routed", "delegate"]) t.noFigure(`ratio.${figure}.${name}`, reason);
  t.skip(reason);
}

async function measureAll(
  kind: Kind,
  pathways: readonly Pathway[],
  at: { readonly stand: Stand; readonly t: CheckContext; readonly watch: MachineWatch },
): Promise<Samples> {
  const { stand, t, watch } = at;
  for (const pathway of pathways) {
    const server = await kind.serve(pathway);
    t.cleanup(() => server.stop());
  }
  const { seed, signal } = t;
  const rounds = stand.rounds(usualRounds);
  const beforeRound = () => watch.calibrate();
  return interleave(pathways, { rounds, warmUp, seed, signal, beforeRound }, kind.measure);
}

function reportOne(
  report: Report,
  kind: Kind,
  of: { readonly figure: string; readonly name: string; readonly samples: Samples },
): void {
  const { figure, name, samples } = of;
  const { unit, better } = kind;
  for (const what of samples.get(name)?.keys() ?? []) {
    const found = samplesOf(samples, name, what);
    const isRate = what === "rate";
    report.median(`${figure}.${name}.${what}`, found, {
      unit: isRate ? unit : "µs",
      better: isRate ? better : "lower",
    });
  }
}
