/** results/⟨run id⟩/ on disk: its files replaced whole, and `latest` beside it pointing at the newest. */
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { errorText } from "./error-text.ts";
import type { RunRecord } from "./record.ts";

export interface RunFolder {
  /** absolute */
  readonly path: string;
  readonly recordPath: string;
  writeRecord(record: RunRecord): Promise<void>;
  /** A reader sees the old file or the new one, never a half. `name` may be in a folder, which is made. */
  write(name: string, text: string): Promise<void>;
}

export async function openRunFolder(resultsDirectory: string, runId: string): Promise<RunFolder> {
  const results = resolve(resultsDirectory);
  const path = join(results, runId);
  await mkdir(path, { recursive: true });
  const write = async (name: string, text: string) => {
    const partial = join(path, dirname(name), `.${basename(name)}.partial`);
    try {
      if (name.includes("/")) await mkdir(dirname(partial), { recursive: true });
      await writeFile(partial, text);
      await rename(partial, join(path, name));
    } catch (cause) {
      throw new Error(`Cannot write ${join(path, name)}: ${errorText(cause)}`, { cause });
    }
  };
  await pointLatest(results, runId);
  return {
    path,
    recordPath: join(path, "record.json"),
    write,
    writeRecord: (record) => write("record.json", `${JSON.stringify(record, undefined, 2)}\n`),
  };
}

/** Swaps the link in one step, so that `latest` exists at every moment. */
async function pointLatest(results: string, runId: string): Promise<void> {
  const next = join(results, `.latest-${runId}`);
  await rm(next, { force: true });
  await symlink(runId, next);
  try {
    await rename(next, join(results, "latest"));
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
