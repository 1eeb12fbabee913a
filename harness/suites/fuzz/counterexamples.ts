/** Counterexamples as files, one folder per target: fixtures of every later run. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fuzzInput } from "./fuzz-input.ts";

const saved = z.strictObject({
  property: z.string(),
  /** what failed when it was found */
  message: z.string(),
  /** of the run that found it, for --seed and --path */
  seed: z.number(),
  path: z.string(),
  input: fuzzInput,
});
export type SavedCounterexample = z.infer<typeof saved>;

export const counterexampleFolder = fileURLToPath(
  new URL("../../../fixtures/counterexamples", import.meta.url),
);

/** a plugin that fails everything must not fill the tree */
const mostPerTarget = 40;

/** Files that are no counterexample of this kind are an error: a fixture must not fall silent. */
export async function loadCounterexamples(
  folder: string,
  target: string,
): Promise<readonly (SavedCounterexample & { readonly file: string })[]> {
  const directory = folderOf(folder, target);
  const names = await readdir(directory).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map(async (name) => {
        const file = join(directory, name);
        const parsed = saved.safeParse(JSON.parse(await readFile(file, "utf8")));
        if (parsed.success) return { ...parsed.data, file };
        const reason = parsed.error.issues[0]?.message ?? "";
        throw new Error(`Cannot read the counterexample "${file}": ${reason}`);
      }),
  );
}

/** The file it is in now; undefined when there are too many already. */
export async function saveCounterexample(
  folder: string,
  target: string,
  found: SavedCounterexample,
): Promise<string | undefined> {
  const directory = folderOf(folder, target);
  await mkdir(directory, { recursive: true });
  const digest = createHash("sha256").update(JSON.stringify(found.input)).digest("hex");
  const name = `${found.property}-${digest.slice(0, 8)}.json`;
  const names = await readdir(directory);
  if (names.length >= mostPerTarget && !names.includes(name)) return undefined;
  await writeFile(join(directory, name), `${JSON.stringify(found, undefined, 2)}\n`);
  return join(directory, name);
}

function folderOf(folder: string, target: string): string {
  return join(folder, target.replace(/[^\w.-]/g, "_"));
}
