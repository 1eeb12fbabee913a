/** Import directions and cycles, judged on the facts of `tree.ts` and the table of `rules.ts`. */
import { importTable } from "./rules.ts";
import { isTest, type SourceFile } from "./tree.ts";

/** "FILE may not import FILE" for each arrow that the table does not have; tests may reach one folder further. */
export function brokenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const folder = folderOf(file.path);
    if (folder === undefined) return [`${file.path} lies in no folder of the import table`];
    const allowed = [
      folder,
      ...(importTable[folder] ?? []),
      ...(isTest(file.path) ? testsMayImport(folder) : []),
    ];
    return file.imports
      .filter(
        (path) =>
          !allowed.some(
            (entry) =>
              path === entry || path.startsWith(`${entry}/`) || path.startsWith(`${entry}.`),
          ),
      )
      .map((path) => `${file.path} may not import ${path}`);
  });
}

/** A role's tests may use every leaf's doubles; the judge's tests never use what is judged. */
function testsMayImport(folder: string): readonly string[] {
  if (!folder.startsWith("impl/")) return ["harness", "fixtures"];
  return [
    "impl/base",
    "impl/cni",
    "impl/netlink",
    "impl/store",
    "impl/vf",
    "impl/wire",
    "impl/shim",
    "proto",
  ];
}

function folderOf(path: string): string | undefined {
  return Object.keys(importTable)
    .filter((folder) => path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`))
    .sort((a, b) => b.length - a.length)[0];
}

/** "a → b → a" for the first cycle met, without types-only distinction: a cycle of types is one too. */
export function cycleIn(files: readonly SourceFile[]): string | undefined {
  const importsOf = new Map(files.map((file) => [file.path, file.imports]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(" → ");
    if (done.has(path)) return undefined;
    for (const next of importsOf.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of importsOf.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
