/** The files below a node's folders as lines, with what must be known of each to see a leak. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../impl/base/errno.ts";
import type { NodePaths } from "../core/backend.ts";

/** Files that change by design; they are left out by name. */
const volatileFiles: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /\/last_reserved_ip\.\d+$/, why: "host-local notes where its search goes on" },
  { pattern: /\/lock$/, why: "host-local keeps its lock file" },
  { pattern: /\/generations\/reserved\.json$/, why: "our daemon notes how far it may count" },
];

/** Left out: logs (they grow), and the sysfs tree (its VFs are read for themselves). */
export function fileLines(paths: NodePaths): readonly string[] {
  const { cniBin, cniConf, hostState, dpuState, run } = paths;
  return [
    ...walk("bin", cniBin, sizeOf),
    ...walk("conf", cniConf, sizeOf),
    ...walk("state/host", hostState, hashOf),
    ...walk("state/dpu", dpuState, hashOf),
    ...walk("run", run, sizeOf),
  ];
}

type Describe = (path: string, stats: Stats) => string;

function walk(shown: string, folder: string, describe: Describe): readonly string[] {
  return read(folder).flatMap((name) => {
    const path = join(folder, name);
    const as = `${shown}/${name}`;
    if (volatileFiles.some(({ pattern }) => pattern.test(path))) return [];
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    if (stats.isDirectory()) return [`folder ${as}`, ...walk(as, path, describe)];
    if (stats.isSocket()) return [`socket ${as}`];
    if (stats.isSymbolicLink()) return [`symlink ${as} ${target(path)}`];
    return [`file ${as} ${describe(path, stats)}`];
  });
}

function read(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return []; // removed while we walk
    throw error;
  }
}

const sizeOf: Describe = (_, stats) => `${stats.size} bytes`;

const hashOf: Describe = (path, stats) => {
  try {
    const hash = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
    return `${stats.size} bytes ${hash}`;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "gone";
    throw error;
  }
};

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "?";
  }
}
