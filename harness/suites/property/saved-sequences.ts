/** Sequences that once broke the product, as files: fixtures that every later run plays first. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { step } from "./step.ts";

const saved = z.strictObject({
  /** what was wrong when it was found */
  message: z.string(),
  /** of the run that found it, for --seed and --path */
  seed: z.number(),
  path: z.string(),
  sequence: z.array(step),
});
export type SavedSequence = z.infer<typeof saved>;

export const sequenceFolder = fileURLToPath(
  new URL("../../../fixtures/sequences", import.meta.url),
);

/** A file that is no sequence is an error: a fixture must not fall silent. */
export async function loadSequences(
  folder: string,
): Promise<readonly (SavedSequence & { readonly file: string })[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name);
      const parsed = saved.safeParse(JSON.parse(await readFile(file, "utf8")));
      if (parsed.success) return { ...parsed.data, file };
      const reason = parsed.error.issues[0]?.message ?? "";
      throw new Error(`Cannot read the sequence "${file}": ${reason}`);
    }),
  );
}

/** The file it is in now. */
export async function saveSequence(folder: string, found: SavedSequence): Promise<string> {
  await mkdir(folder, { recursive: true });
  const digest = createHash("sha256").update(JSON.stringify(found.sequence)).digest("hex");
  const file = join(folder, `${digest.slice(0, 8)}.json`);
  await writeFile(file, `${JSON.stringify(found, undefined, 2)}\n`);
  return file;
}
