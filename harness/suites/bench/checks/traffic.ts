/** What the networks carry: streams, datagrams, and requests with their answers, by scope. */
import type { Process } from "../../../core/backend.ts";
import type { Check, CheckContext } from "../../../core/check.ts";
import { MachineWatch } from "../machine-watch.ts";
import { Report } from "../report.ts";
import { interleave, type Samples, samplesOf } from "../rounds.ts";
import type { Stand } from "../stand.ts";
import { answerer, connections } from "../traffic/connections.ts";
import { datagramRate, iperfServer, streamGbit } from "../traffic/iperf.ts";
import { lackingTool } from "../traffic/lacking-tool.ts";
import { openPathways, type Pathway, type Scope, scopes } from "../traffic/pathway.ts";
import { type RoundTrips, roundTrips, sockperfServer } from "../traffic/sockperf.ts";

/** for the one that the ratios of the data plane are read from, and for the others */
const manyRounds = 10;
const fewRounds = 6;
const warmUp = 1;
const seconds = 1;
/** pathways through the DPU, which ratios are made of */
const offloaded = ["routed", "delegate", "delegate-mirred"];

const iperf = { iperf3: "iperf3" };

interface Kind {
  readonly name: string;
  readonly title: string;
  /** executables, and the Debian package of each */
  readonly tools: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly rounds: number;
  serve(pathway: Pathway): Promise<Process>;
  /** The first value is the one compared. */
  measure(pathway: Pathway): Promise<Readonly<Record<string, number>>>;
}

const streams = [1, 4, 16].map(
  (flows): Kind => ({
    name: flows === 1 ? "stream" : `stream-${flows}`,
    title: `TCP throughput with ${flows} ${flows === 1 ? "flow" : "flows"}`,
    tools: iperf,
    unit: "Gbit/s",
    better: "higher",
    rounds: flows === 1 ? manyRounds : fewRounds,
    serve: (pathway) => iperfServer(pathway),
    measure: async (pathway) => ({ rate: await streamGbit(pathway, { seconds, flows }) }),
  }),
);

const datagrams: Kind = {
  name: "datagrams",
  title: "UDP datagrams of 64 bytes that arrive, of as many as can be sent",
  tools: iperf,
  unit: "1/s",
  better: "higher",
  rounds: fewRounds,
  serve: (pathway) => iperfServer(pathway),
  measure: async (pathway) => ({ rate: await datagramRate(pathway, { seconds, flows: 1 }) }),
};

const requests: Kind = {
  name: "rr",
  title: "TCP requests and answers one at a time: round trips and their percentiles",
  tools: { sockperf: "sockperf" },
  unit: "1/s",
  better: "higher",
  rounds: fewRounds,
  serve: (pathway) => sockperfServer(pathway),
  measure: async (pathway) => flat(await roundTrips(pathway, seconds)),
};

const transactions: Kind = {
  name: "crr",
  title: "TCP connections with one request and answer each: transactions and their percentiles",
  tools: { ab: "apache2-utils" },
  unit: "1/s",
  better: "higher",
  rounds: fewRounds,
  serve: answerer,
  measure: async (pathway) => flat(await connections(pathway, seconds)),
};

function flat({ rate, percentilesUs }: RoundTrips): Readonly<Record<string, number>> {
  const wanted = ["50", "90", "99", "99.9"].map((one) => [`p${one}`, percentilesUs.get(one)]);
  return { rate, ...Object.fromEntries(wanted.filter(([, value]) => value !== undefined)) };
}

const kinds = [...streams, datagrams, requests, transactions];
const everywhere = ["stream", "rr", "crr"];

/** Off the node one stream and one client say what there is to say. */
export const traffic: readonly Check<Stand>[] = scopes.flatMap((scope) =>
  kinds
    .filter(({ name }) => scope === "same-node" || everywhere.includes(name))
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
      await requireTools(stand, kind, { figure, t });
      const { pathways, missing } = await openPathways(stand, scope, t);
      for (const [name, reason] of missing) t.noFigure(`${figure}.${name}.rate`, reason);
      if (pathways.length === 0) t.skip([...missing.values()].join("; "));
      const watch = new MachineWatch();
      const samples = await measureAll(kind, pathways, { stand, t, watch });
      const report = new Report(t, watch);
      for (const { name } of pathways) reportOne(report, kind, { figure, name, samples });
      // No bridge joins two nodes.
      for (const name of scope === "across-nodes" ? [] : offloaded) {
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

async function requireTools(
  stand: Stand,
  { tools }: Kind,
  { figure, t }: { readonly figure: string; readonly t: CheckContext },
): Promise<void> {
  const reason = await lackingTool(stand.node.host, tools);
  if (reason === undefined) return;
  for (const name of offloaded) t.noFigure(`ratio.${figure}.${name}`, reason);
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
  const rounds = stand.rounds(kind.rounds);
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
