/** The words after `dnc` that repeat a bundled run exactly: its own, with its seed, and its files where they are now. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { wordValue } from "../core/asked.ts";
import { shellSplit } from "../core/shell-split.ts";
import { UsageError } from "../core/usage-error.ts";
import type { OpenBundle } from "./bundle.ts";

export interface Repeat {
  readonly words: readonly string[];
  /** what a person should know: files that are not the ones of then */
  readonly notes: readonly string[];
}

export async function repeatWords(
  bundle: Omit<OpenBundle, keyof AsyncDisposable>,
): Promise<Repeat> {
  const { record, asked, folder } = bundle;
  const recorded = shellSplit(record.command);
  // Before it stands how the program was started, there and then.
  const own = recorded.slice(recorded.indexOf("run"));
  if (own[0] !== "run") {
    throw new UsageError(
      `Cannot repeat ${JSON.stringify(record.command)}: it is no "run" of dnc; see README.txt in the bundle`,
    );
  }
  const notes: string[] = [];
  const words: string[] = [];
  for (const word of own) {
    const value = wordValue(word);
    const found = await here(value, { asked, folder, notes });
    words.push(word.slice(0, word.length - value.length) + found);
  }
  const isSeeded = words.some((word) => word === "--seed" || word.startsWith("--seed="));
  return { words: isSeeded ? words : [...words, "--seed", String(record.seed)], notes };
}

/** The file of then where it still is the same, else the bundle's copy of it. */
async function here(
  word: string,
  { asked, folder, notes }: Pick<OpenBundle, "asked" | "folder"> & { readonly notes: string[] },
): Promise<string> {
  const input = asked?.inputs.find((one) => one.word === word);
  if (asked === undefined || input === undefined) return word;
  const copy = join(folder, input.file);
  const kept = await readFile(copy).catch(() => undefined);
  const now = resolve(asked.cwd, word);
  const there = await readFile(now).catch(() => undefined);
  if (kept === undefined) return word;
  if (there?.equals(kept)) return now;
  const why = there === undefined ? "is not here" : "has changed since";
  notes.push(`${word} ${why}: the bundle's copy is used`);
  return copy;
}
