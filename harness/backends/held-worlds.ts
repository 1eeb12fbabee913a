/** Worlds that a command finds after the one that made them: held by a process of their own, or retained. */
import { sleep } from "../../impl/base/time.ts";
import { removeWorld } from "./clean.ts";
import { signalProcess } from "./process-identity.ts";
import { findWorld, isOwned, listWorlds, type WorldRecord } from "./registry.ts";

/** An orderly end stops daemons first, three seconds each at most. */
const stopMs = 30_000;
const pollMs = 20;

export interface FoundWorld extends WorldRecord {
  /** the process that made it runs: it holds the world, or works with it */
  readonly alive: boolean;
}

export function findWorlds(): readonly FoundWorld[] {
  return listWorlds().worlds.map((world) => ({ ...world, alive: isOwned(world) }));
}

/** Asks the world's owner to end, and removes what is left then; resolves when nothing is. */
export async function stopWorld(
  id: string,
  progress: (line: string) => void = () => {},
): Promise<void> {
  const record = findWorld(id);
  if (record === undefined) throw new Error(`Cannot stop "${id}": there is no such world`);
  signalProcess(record.owner, "SIGTERM");
  const endMs = Date.now() + stopMs;
  while (isOwned(record) && Date.now() < endMs) await sleep(pollMs);
  if (signalProcess(record.owner, "SIGKILL")) {
    progress(`process ${record.owner.pid} did not end in ${stopMs / 1000} s and was killed`);
  }
  const left = findWorld(id);
  if (left === undefined) return;
  for (const line of await removeWorld(id, left)) progress(`removed ${line}`);
}
