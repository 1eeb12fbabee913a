/**
 * One run as one file to send: its record, logs, what the world was like at each suite's first failure (configurations,
 * state folders, the kernel's links, addresses, routes, rules and namespaces), the files it was asked with, and a README.
 * It is a .tar.gz of one folder, `dnc-bundle/`, without private keys. `dnc repro` runs what is in it again.
 */
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Asked, askedFile, askedSchema } from "../core/asked.ts";
import { copyFolder } from "../core/copy-folder.ts";
import { errorText } from "../core/error-text.ts";
import { type RunRecord, runRecordSchema } from "../core/record.ts";
import { UsageError } from "../core/usage-error.ts";
import { readMe } from "./read-me.ts";
import { list, pack, unpack } from "./tar.ts";

const root = "dnc-bundle";

export interface BundledRun {
  readonly record: RunRecord;
  /** of a run from before it was kept: undefined */
  readonly asked: Asked | undefined;
}

/** @param run the folder of a run: results/⟨run id⟩; @param out written in one step; default: named for the run, here */
export async function writeBundle(
  run: string,
  { out: asked, program }: { readonly out?: string; readonly program: string },
): Promise<BundledRun & { readonly file: string }> {
  const bundled = await readRun(run, `bundle the run ${JSON.stringify(run)}`);
  const out = asked ?? `dnc-bundle-${bundled.record.runId}.tar.gz`;
  const stage = await mkdtemp(join(tmpdir(), "dnc-bundle-"));
  const partial = `${out}.partial`;
  try {
    const folder = join(stage, root);
    const left = await copyFolder(run, folder);
    await writeFile(join(folder, "README.txt"), readMe(bundled, { left, program, file: out }));
    await pack(partial, { directory: stage, name: root });
    await rename(partial, out);
  } catch (error) {
    throw new UsageError(
      `Cannot write the bundle ${JSON.stringify(out)}: ${errorText(error)}; give another file with --out`,
    );
  } finally {
    await rm(partial, { force: true });
    await rm(stage, { recursive: true, force: true });
  }
  return { ...bundled, file: out };
}

export interface OpenBundle extends BundledRun, AsyncDisposable {
  /** the run's folder in it, unpacked; gone when disposed */
  readonly folder: string;
}

export async function openBundle(file: string): Promise<OpenBundle> {
  const directory = await mkdtemp(join(tmpdir(), "dnc-bundle-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  const what = `read the bundle ${JSON.stringify(file)}`;
  try {
    const names = await list(file);
    const strange = names.find((name) => !name.startsWith(`${root}/`) || name.includes("/../"));
    if (strange !== undefined || names.length === 0) {
      throw new Error(`it is no bundle of dnc: it has ${JSON.stringify(strange ?? "nothing")}`);
    }
    await unpack(file, directory);
    const folder = join(directory, root);
    const bundled = await readRun(folder, what);
    return { ...bundled, folder, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot ${what}: ${errorText(error)}; give a file that dnc bundle wrote`);
  }
}

async function readRun(folder: string, what: string): Promise<BundledRun> {
  const record = await readJson(join(folder, "record.json"));
  if (record === undefined) {
    throw new UsageError(`Cannot ${what}: there is no record.json (a run leaves one in results/)`);
  }
  const parsed = runRecordSchema.safeParse(record);
  if (!parsed.success) {
    throw new UsageError(`Cannot ${what}: its record.json is damaged or of another version of dnc`);
  }
  const asked = askedSchema.safeParse(await readJson(join(folder, askedFile)));
  return { record: parsed.data, asked: asked.data };
}

/** undefined: not there, or no JSON */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
