/** Saves the logs of a world's nodes beside the record of a run that did not pass: the world's own folder goes with it. */
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./backend.ts";
import { logsFolder } from "./saved-logs.ts";

/** of one node; a suite that makes a log per command must not swamp the results */
const mostFiles = 200;

/** The folder they are in now; undefined when there are none. */
export async function keepLogs(world: World, runFolder: string): Promise<string | undefined> {
  const target = join(runFolder, logsFolder);
  let kept = 0;
  for (const { name, paths } of world.nodes) {
    const files = await readdir(paths.logs).catch(() => []);
    for (const file of files.slice(0, mostFiles)) {
      await cp(join(paths.logs, file), join(target, name, file), { recursive: true });
      kept += 1;
    }
  }
  return kept > 0 ? target : undefined;
}
