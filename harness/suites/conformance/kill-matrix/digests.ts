/** Digests that say whether a verdict of the kill matrix is of a mutant and a check as they are now. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import { catalogue } from "../catalogue.ts";

const suite = fileURLToPath(new URL("..", import.meta.url));

/**
 * What nearly every check stands on. A change here does not make the matrix old, for it would make all of it old: that each
 * mutant is still noticed is tested every time, and DNC_KILL_MATRIX=all judges everything anew.
 */
const foundations = new Set(
  "attached expect judge plugin-call requirement-check subject samples".split(" "),
);

/** Of each check's file and what it imports from this suite, foundations and comments apart. */
export function checkDigests(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    catalogue.map(({ id }) => {
      const [area = ""] = id.toLowerCase().split("-");
      const file = join(suite, "checks", area, `${id.toLowerCase()}.ts`);
      const texts = new Map<string, string>();
      collect(file, texts);
      return [id, digest([...texts.keys()].toSorted().map((path) => texts.get(path) ?? ""))];
    }),
  );
}

function collect(file: string, texts: Map<string, string>): void {
  if (texts.has(file)) return;
  const text = readFileSync(file, "utf8");
  texts.set(file, withoutComments(text));
  for (const [, to = ""] of text.matchAll(/from "(\.[^"]+)";/g)) {
    const path = join(dirname(file), to);
    const name = path.slice(suite.length).replace(/\.ts$/, "");
    if (path.startsWith(suite) && !foundations.has(name) && existsSync(path)) collect(path, texts);
  }
}

function withoutComments(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !/^(\/\/|\/\*|\*)/.test(line)).join("\n");
}

export function mutantDigest({
  part = "interface",
  file,
  find,
  replace,
  also,
  isProcess,
}: Mutation) {
  return digest([part, file, find, replace, also ?? [], isProcess ?? false]);
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
