/** The power of a whole node goes and comes back: no process ends well, no pod survives, and writes that were not synced are gone. */
import { fallBack } from "./durable.ts";
import { durableImage, type Station } from "./station.ts";

export async function losePower(station: Station, signal: AbortSignal): Promise<void> {
  const { faults, pauses } = station;
  await Promise.all([faults.daemon.kill(), faults.agent.kill()]);
  pauses.clear();
  await fallBack(durableImage(station.node));
  await station.forgetNode();
  await faults.link.heal();
  await faults.rebootDpu({ state: "kept" });
  await faults.rebootHost();
  await faults.mend(signal);
}
