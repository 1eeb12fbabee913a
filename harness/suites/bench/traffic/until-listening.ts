/** Waits for a server of a measurement to listen; one that does not is stopped. */
import { sleep } from "../../../../impl/base/time.ts";
import type { Place, Process } from "../../../core/backend.ts";

const startTimeoutMs = 10_000;

/** @param at `what` is the program, for the error of one that does not listen in time */
export async function untilListening(
  server: Process,
  at: { readonly place: Place; readonly port: number; readonly what: string },
): Promise<Process> {
  const { place, port, what } = at;
  const endMs = performance.now() + startTimeoutMs;
  while (server.ended === undefined && performance.now() < endMs) {
    const seen = await place.exec(["ss", "-Hltn", `sport = :${port}`]);
    if (seen.stdout.trim() !== "") return server;
    await sleep(20);
  }
  await server.stop();
  throw new Error(`Cannot measure to ${place.name}: ${what} does not listen`);
}
