/** Streams and datagrams between two places by iperf3: how much arrived. */
import { z } from "zod";
import type { Process } from "../../../core/backend.ts";
import type { Pathway } from "./pathway.ts";
import { pinned } from "./pinned.ts";
import { untilListening } from "./until-listening.ts";

const port = 5201;
/** beyond the time it sends */
const graceMs = 15_000;

const said = z.object({
  error: z.string().optional(),
  end: z
    .object({
      sum_received: z.object({ bits_per_second: z.number(), bytes: z.number() }).optional(),
      sum: z
        .object({ packets: z.number(), lost_packets: z.number(), seconds: z.number() })
        .optional(),
    })
    .optional(),
});

export interface IperfOptions {
  readonly seconds: number;
  readonly flows: number;
  /** runs both ends on these cores only */
  readonly cores?: string;
}

/** A server that waits at the far end until it is stopped. */
export async function iperfServer({ to, listen }: Pathway, cores?: string): Promise<Process> {
  const server = to.spawn(pinned(["iperf3", "-s", "-B", listen], cores), {
    name: `iperf3-${to.name.replaceAll("/", "-")}`,
  });
  return untilListening(server, { place: to, port, what: "iperf3" });
}

export async function streamGbit(pathway: Pathway, options: IperfOptions): Promise<number> {
  const { end } = await iperf(pathway, ["-P", String(options.flows)], options);
  if (end?.sum_received === undefined) throw new Error("iperf3 tells of nothing received");
  return end.sum_received.bits_per_second / 1e9;
}

/** Datagrams of 64 bytes that arrived, in a second, of as many as could be sent. */
export async function datagramRate(pathway: Pathway, options: IperfOptions): Promise<number> {
  const { end } = await iperf(pathway, ["-u", "-b", "0", "-l", "64"], options);
  if (end?.sum === undefined) throw new Error("iperf3 tells of no datagrams");
  const { packets, lost_packets: lost, seconds } = end.sum;
  return (packets - lost) / seconds;
}

async function iperf(
  { from, address }: Pathway,
  words: readonly string[],
  { seconds, cores }: IperfOptions,
): Promise<z.infer<typeof said>> {
  const argv = ["iperf3", "-c", address, "-J", "-t", String(seconds), ...words];
  const timeoutMs = seconds * 1_000 + graceMs;
  const ran = await from.exec(pinned(argv, cores), { timeoutMs });
  const answer = said.safeParse(parseJson(ran.stdout));
  if (answer.success && answer.data.error === undefined && ran.exitCode === 0) return answer.data;
  const why = answer.success ? answer.data.error : ran.stderr.trim();
  throw new Error(`Cannot measure from ${from.name} to ${address}: iperf3: ${why || "no answer"}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
