/** Values of command line options: read strictly, refused in one line. */
import { InvalidArgumentError } from "commander";
import { UsageError } from "../core/usage-error.ts";

/** A whole number in a range; the message says which. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
  };
}

/** Where a property's input was found, as a failure prints it: "12:0:3". */
export function fuzzPath(text: string): string {
  if (/^\d+(:\d+)*$/.test(text)) return text;
  throw new InvalidArgumentError("Expected numbers with colons between, as a failure prints them.");
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** "a,b" with each word one of `known`. */
export function wordList(known: readonly string[]): (text: string) => readonly string[] {
  return (text) => {
    const words = text.split(",").map((word) => word.trim());
    const unknown = words.find((word) => !known.includes(word));
    if (unknown === undefined) return words;
    const near = suggestion(unknown, known);
    throw new InvalidArgumentError(`"${unknown}" is none of ${known.join(", ")}${near}.`);
  };
}

/** The members named by the words, in the order given. Throws UsageError with a suggestion for an unknown one. */
export function pickByName<T extends { readonly name: string }>(
  what: string,
  words: readonly string[],
  all: readonly T[],
): readonly T[] {
  return [...new Set(words)].map((word) => {
    const found = all.find(({ name }) => name === word);
    if (found) return found;
    const names = all.map(({ name }) => name);
    throw new UsageError(
      `Cannot find the ${what} ${JSON.stringify(word)}: there are ${names.join(", ")}${suggestion(word, names)}`,
    );
  });
}

/** "; did you mean smoke?" or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, edits: editDistance(word, name) }))
    .filter(({ name, edits }) => edits <= (name.length < 4 ? 1 : 2))
    .sort((a, b) => a.edits - b.edits)[0];
  return near ? `; did you mean ${near.name}?` : "";
}

/** Levenshtein's. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
