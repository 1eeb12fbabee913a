/**
 * What a run was asked with, beside its command line: the version that ran, where, and the files its words named. Kept from
 * the start, in asked.json and inputs/ of the run's folder, since a file may be another one when somebody repeats the run.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { errorText } from "./error-text.ts";
import { holdsPrivateKey } from "./private-key.ts";
import type { RunFolder } from "./run-folder.ts";

export const askedFile = "asked.json";

export const askedSchema = z.object({
  format: z.literal(1),
  /** of this project */
  version: z.string(),
  /** "1a2b3c4", with "-dirty" where files differ from it; none without git */
  commit: z.string().optional(),
  cwd: z.string(),
  inputs: z.array(
    z.object({
      /** the word of the command line, without an option before "=" */
      word: z.string(),
      /** its copy, below the run's folder */
      file: z.string(),
    }),
  ),
});
export type Asked = z.infer<typeof askedSchema>;

const gitTimeoutMs = 5_000;
/** bytes; a plugin's binary is above it and stays where it is */
const largestInput = 1024 * 1024;

/** Never throws: a run is not worth less for a file that could not be kept. Gives what went wrong. */
export async function keepAsked(
  folder: RunFolder,
  of: { readonly version: string; readonly cwd: string; readonly words: readonly string[] },
): Promise<string | undefined> {
  try {
    const inputs: Asked["inputs"] = [];
    for (const [i, word] of [...new Set(of.words.map(wordValue))].entries()) {
      const file = join("inputs", `${i}-${basename(word)}`);
      if (await kept(resolve(of.cwd, word), join(folder.path, file))) inputs.push({ word, file });
    }
    const { version, cwd } = of;
    const commit = await commitHere();
    const asked: Asked = { format: 1, version, ...(commit && { commit }), cwd, inputs };
    await folder.write(askedFile, `${JSON.stringify(asked, undefined, 2)}\n`);
    return undefined;
  } catch (error) {
    return `Cannot keep what the run was asked with: ${errorText(error)}`;
  }
}

/** Of the sources that run now. */
export async function commitHere(): Promise<string | undefined> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const words = [
    "-C",
    root,
    "-c",
    "safe.directory=*",
    "describe",
    "--always",
    "--dirty",
    "--exclude=*",
  ];
  const ran = await promisify(execFile)("git", words, { timeout: gitTimeoutMs }).catch(() => {});
  return ran?.stdout.trim() || undefined;
}

/** "--conf=x" → "x" */
export function wordValue(word: string): string {
  const [, value] = /^--[a-z-]+=(.*)$/s.exec(word) ?? [];
  return value ?? word;
}

async function kept(from: string, to: string): Promise<boolean> {
  const stats = await stat(from).catch(() => undefined);
  if (!stats?.isFile() || stats.size > largestInput) return false;
  if (holdsPrivateKey(await readFile(from))) return false;
  await mkdir(join(to, ".."), { recursive: true });
  await copyFile(from, to); // with its mode: a script stays one that runs
  return true;
}
