/** The processes of a world as it wrote them down: one file per process, gone when it ended in an orderly way. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { identityOf } from "./process-identity.ts";

const schema = z.object({
  pid: z.number().int().positive(),
  startTime: z.string(),
  name: z.string(),
});

export type ProcessRecord = z.infer<typeof schema>;

/** Writes a process down; returns what forgets it. */
export function recordProcess(folder: string, pid: number, name: string): () => void {
  const identity = identityOf(pid);
  if (identity === undefined) return () => {}; // it has ended already
  const path = join(folder, `${pid}`);
  writeFileSync(path, JSON.stringify({ ...identity, name }));
  return () => rmSync(path, { force: true });
}

/** A file that a crash tore is left out: its process is still found by the namespace it is in. */
export function readProcessRecords(folder: string): readonly ProcessRecord[] {
  return filesOf(folder).flatMap((name) => {
    try {
      return [schema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")))];
    } catch {
      return [];
    }
  });
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
