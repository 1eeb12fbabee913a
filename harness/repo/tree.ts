/** Reads the source tree as facts: files, headers, imports. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

export interface SourceFile {
  /** from the root of the project, with slashes */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** project files it imports, from the root; types included */
  readonly imports: readonly string[];
  /** npm packages it imports for more than types */
  readonly packages: readonly string[];
}

const folders = ["harness", "impl", "proto", "fixtures", "hw", "scenarios"];
const importPattern =
  /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function readTree(root = projectRoot): readonly SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/node_modules|\/dist\//.test(path))
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), "utf8")));
}

export function readSource(path: string, text: string): SourceFile {
  const imports: string[] = [];
  const packages: string[] = [];
  for (const [, type, declared, dynamic] of text.matchAll(importPattern)) {
    const specifier = declared ?? dynamic ?? "";
    if (specifier.startsWith(".")) imports.push(normalize(join(dirname(path), specifier)));
    else if (type === undefined && !specifier.startsWith("node:")) packages.push(nameOf(specifier));
  }
  return { path, text, lines: text.split("\n").length - 1, imports, packages };
}

function nameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

export function isGenerated(path: string): boolean {
  return path.includes("/gen/");
}

export function isTest(path: string): boolean {
  return (
    /\.(test|contract|laws)\.m?[jt]s$|\/laws\/|\/arbitraries\.ts$/.test(path) ||
    path.startsWith("harness/selftest/")
  );
}
