/** Connect, one request, its answer, close, over TCP: ab asks one after another, and a small program answers. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Process } from "../../../core/backend.ts";
import type { Pathway } from "./pathway.ts";
import type { RoundTrips } from "./sockperf.ts";
import { untilListening } from "./until-listening.ts";

const port = 8080;
const graceMs = 15_000;
/** more than can be made: ab ends by time */
const uncounted = 10_000_000;

/** Answers the first of what comes, and closes: a server without files, threads and a service to stop. */
const program = `
const [host, port] = process.argv.slice(1);
const answer = "HTTP/1.0 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\npod\\n";
const { createServer } = require("node:net");
createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () => socket.end(answer));
}).listen({ host, port, backlog: 1024 });`;

/** A server that waits at the far end until it is stopped. */
export async function answerer({ to, listen }: Pathway): Promise<Process> {
  const server = to.spawn([process.execPath, "-e", program, listen, String(port)], {
    name: `answerer-${to.name.replaceAll("/", "-")}`,
  });
  return untilListening(server, { place: to, port, what: "the answering program" });
}

/** Transactions: the time of each counts from before its connect to after its close. */
export async function connections(
  { from, address }: Pathway,
  seconds: number,
): Promise<RoundTrips> {
  const folder = await mkdtemp(join(tmpdir(), "dnc-ab-"));
  try {
    const file = join(folder, "percentiles.csv");
    const argv = [
      "ab",
      "-q",
      "-c",
      "1",
      "-t",
      String(seconds),
      "-n",
      String(uncounted),
      "-e",
      file,
    ];
    const ran = await from.exec([...argv, `http://${address}:${port}/`], {
      timeoutMs: seconds * 1_000 + graceMs,
    });
    const read = readConnections(ran.stdout, await readFile(file, "utf8").catch(() => ""));
    if (read !== undefined) return read;
    const last = (ran.stderr || ran.stdout).trim().split("\n").at(-1);
    throw new Error(`Cannot measure from ${from.name} to ${address}: ab: ${last}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param report what ab prints
 * @param csv its `-e` file: a percentage and milliseconds a line
 * @returns undefined when it is not a finished measurement, or one with failed requests
 */
export function readConnections(report: string, csv: string): RoundTrips | undefined {
  const [, rate] = /^Requests per second:\s+([\d.]+) /m.exec(report) ?? [];
  const [, failed] = /^Failed requests:\s+(\d+)$/m.exec(report) ?? [];
  const percentilesUs = new Map(
    [...csv.matchAll(/^(\d+),([\d.]+)$/gm)].map(
      ([, percentage = "", ms = ""]) => [percentage, Number(ms) * 1_000] as const,
    ),
  );
  if (rate === undefined || failed !== "0" || !percentilesUs.has("50")) return undefined;
  return { rate: Number(rate), percentilesUs };
}
