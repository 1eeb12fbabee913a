/**
 * Keeps what a world is like at a suite's first failure, before anything is cleaned up: a bundle can be made of it when
 * the world is long gone.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodePaths, World } from "./backend.ts";
import { copyFolder } from "./copy-folder.ts";
import { within } from "./deadline.ts";
import { errorText } from "./error-text.ts";
import type { RunFolder } from "./run-folder.ts";

/** below the run's folder, a folder per suite */
export const failureFolder = "failure";

const boundMs = 15_000;

const parts: readonly (readonly [name: string, keyof NodePaths])[] = [
  ["cni-conf", "cniConf"],
  ["host-state", "hostState"],
  ["dpu-state", "dpuState"],
  ["run", "run"],
];

export interface Failure {
  readonly suite: string;
  readonly check: string;
  readonly message: string;
}

/** Keeps the first failure of each suite; never throws. */
export function failureKeeper(
  world: World,
  folder: RunFolder,
): (failure: Failure) => Promise<void> {
  const kept = new Map<string, Promise<void>>();
  return (failure) => {
    const keeping =
      kept.get(failure.suite) ??
      within("keeping a failure", boundMs, keepFailure(world, folder, failure)).catch(() => {});
    kept.set(failure.suite, keeping);
    return keeping;
  };
}

/** Never throws: what could not be kept is said in left-out.txt. */
async function keepFailure(world: World, folder: RunFolder, of: Failure): Promise<void> {
  const below = join(failureFolder, of.suite);
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => left.push(`${what}: ${errorText(error)}`));
  };
  await attempt("the check", () => {
    const text = `${of.suite}/${of.check} failed: ${of.message}\n`;
    return folder.write(join(below, "first-failure.txt"), text);
  });
  await attempt("the kernel's state", async () => {
    const snapshot = await world.snapshot();
    const lines = [...snapshot].flatMap(([place, own]) => own.map((line) => `${place}: ${line}`));
    await folder.write(join(below, "snapshot.txt"), `${lines.join("\n")}\n`);
  });
  for (const { name, paths } of world.nodes) {
    for (const [part, key] of parts) {
      const copied = await copyFolder(paths[key], join(folder.path, below, name, part));
      left.push(...copied.map((line) => `${name}/${part}/${line}`));
    }
  }
  if (left.length === 0) return;
  const path = join(folder.path, below, "left-out.txt");
  await writeFile(path, `${left.join("\n")}\n`).catch(() => {});
}
