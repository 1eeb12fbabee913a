/** A copy of the tiny plugin with one defect planted in it. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import type { Run } from "./fast-front.ts";

const source = fileURLToPath(new URL("../../../../fixtures/plugins/tiny/", import.meta.url));

export interface TinyCopy {
  /** for a process of its own */
  readonly executable: string;
  /** for a run in this process */
  load(): Promise<Run>;
}

/** @param mutation undefined: the plugin as it is */
export async function tinyCopy(
  directory: string,
  mutation: Mutation | undefined,
): Promise<TinyCopy> {
  const copy = mutation === undefined ? source : join(directory, mutation.name);
  if (mutation !== undefined) {
    await cp(source, copy, { recursive: true });
    const path = join(copy, mutation.file);
    await writeFile(path, mutated(await readFile(path, "utf8"), mutation));
  }
  return {
    executable: join(copy, "tiny-cni.mjs"),
    load: async () => (await import(pathToFileURL(join(copy, "run.mjs")).href)).run,
  };
}

function mutated(text: string, { name, file, find, replace, also }: Mutation): string {
  const changes = [[find, replace] as const, ...(also === undefined ? [] : [also])];
  return changes.reduce((before, [old, fresh]) => {
    const parts = before.split(old);
    if (parts.length === 2) return parts.join(fresh);
    throw new Error(
      `Cannot plant "${name}": ${file} has ${old} ${parts.length - 1} times, not once`,
    );
  }, text);
}
