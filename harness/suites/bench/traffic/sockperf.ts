/** Requests and answers one at a time over TCP by sockperf: round trip times. */
import type { Process } from "../../../core/backend.ts";
import type { Pathway } from "./pathway.ts";
import { pinned } from "./pinned.ts";
import { untilListening } from "./until-listening.ts";

const port = 11_111;
const graceMs = 15_000;

export interface RoundTrips {
  /** per second, one after another */
  readonly rate: number;
  /** microseconds, by percentile: "50", "90", "99", "99.9" */
  readonly percentilesUs: ReadonlyMap<string, number>;
}

/** @param cores runs it on these cores only */
export async function sockperfServer({ to, listen }: Pathway, cores?: string): Promise<Process> {
  const argv = ["sockperf", "server", "--tcp", "-i", listen, "-p", String(port)];
  const server = to.spawn(pinned(argv, cores), {
    name: `sockperf-${to.name.replaceAll("/", "-")}`,
  });
  return untilListening(server, { place: to, port, what: "sockperf" });
}

export async function roundTrips(
  { from, address }: Pathway,
  seconds: number,
  cores?: string,
): Promise<RoundTrips> {
  const argv = [
    ...["sockperf", "ping-pong", "--tcp", "-i", address, "-p", String(port)],
    ...["-t", String(seconds), "--full-rtt"],
  ];
  const ran = await from.exec(pinned(argv, cores), { timeoutMs: seconds * 1_000 + graceMs });
  const read = readRoundTrips(ran.stdout);
  if (read !== undefined) return read;
  const last = (ran.stderr || ran.stdout).trim().split("\n").at(-1);
  throw new Error(`Cannot measure from ${from.name} to ${address}: sockperf: ${last}`);
}

/** undefined when the text is not a finished measurement. */
export function readRoundTrips(text: string): RoundTrips | undefined {
  const [, seconds, received] =
    /\[Valid Duration\] RunTime=([\d.]+) sec; SentMessages=\d+; ReceivedMessages=(\d+)/.exec(
      text,
    ) ?? [];
  const percentilesUs = new Map(
    [...text.matchAll(/percentile ([\d.]+) =\s*([\d.]+)/g)].map(
      ([, percentile = "", value = ""]) => [String(Number(percentile)), Number(value)] as const,
    ),
  );
  const rate = Number(received) / Number(seconds);
  return Number.isFinite(rate) && percentilesUs.has("50") ? { rate, percentilesUs } : undefined;
}
