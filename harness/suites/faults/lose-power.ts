/** The power of a whole node goes and comes back: no process ends well, no pod survives, and writes that were not synced are gone. */
import { offloadFiles } from "../../install/offload-config.ts";
import { attachmentRecords, portRecords } from "../../oracle/records.ts";
import { fallBack } from "./durable.ts";
import { durableImage, type Station } from "./station.ts";

/** What the disk should have kept and has not, in one line each. */
export async function losePower(station: Station, signal: AbortSignal): Promise<readonly string[]> {
  const { faults, pauses, node } = station;
  const bystander = await station.bystander();
  await Promise.all([faults.daemon.kill(), faults.agent.kill()]);
  pauses.clear();
  await fallBack(durableImage(node));
  const lost = await lostRecords(node, bystander.key);
  await station.forgetNode();
  await faults.link.heal();
  await faults.rebootDpu({ state: "kept" });
  await faults.rebootHost();
  await faults.mend(signal);
  return lost;
}

/** No write of ours may leave half a record, and an ADD that succeeded long ago is on both disks. */
async function lostRecords(node: Station["node"], key: string): Promise<readonly string[]> {
  const { hostState, agentState } = offloadFiles(node);
  const sides = {
    host: await attachmentRecords(hostState),
    DPU: await portRecords(agentState),
  };
  return Object.entries(sides).flatMap(([side, { records, damaged }]) => [
    ...damaged.map((file) => `after a power cut ${file} on the ${side} is no record any more`),
    ...(records.some((one) => one.key === key)
      ? []
      : [`a power cut takes the record of ${key} from the ${side}, though its ADD had succeeded`]),
  ]);
}
