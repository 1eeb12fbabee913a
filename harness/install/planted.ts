/** A copy of the product with one bug in it that was never made: what finds it proves that it would find such a bug. */
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../core/usage-error.ts";
import { repository } from "./product.ts";

const shape = z.array(
  z.strictObject({
    name: z.string(),
    /** relative to the repository */
    file: z.string(),
    /** occurs exactly once in `file` */
    find: z.string().min(1),
    replace: z.string(),
    /** what somebody would lose by it */
    reason: z.string(),
  }),
);

export type PlantedBug = z.infer<typeof shape>[number];

const list = join(repository, "fixtures/planted-bugs/bugs.yaml");

export function plantedBugs(): readonly PlantedBug[] {
  return shape.parse(parse(readFileSync(list, "utf8")));
}

/** Throws UsageError when there is none of that name. */
export function plantedBug(name: string): PlantedBug {
  const bugs = plantedBugs();
  const bug = bugs.find((one) => one.name === name);
  if (bug !== undefined) return bug;
  const names = bugs.map((one) => one.name).join(", ");
  throw new UsageError(`Cannot plant "${name}": there are ${names}`);
}

export interface PlantedCopy extends AsyncDisposable {
  /** in place of the repository */
  readonly root: string;
}

/** Throws UsageError when there is no bug of that name. */
export async function plant(name: string): Promise<PlantedCopy> {
  const bug = plantedBug(name);
  const root = await mkdtemp(join(tmpdir(), "dnc-planted-"));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    for (const part of ["impl", "proto", "package.json", "package-lock.json", "tsconfig.json"]) {
      await cp(join(repository, part), join(root, part), {
        recursive: true,
        filter: (source) => !source.endsWith("/dist"),
      });
    }
    await symlink(join(repository, "node_modules"), join(root, "node_modules"));
    const file = join(root, bug.file);
    await writeFile(file, planted(await readFile(file, "utf8"), bug));
  } catch (error) {
    await remove();
    throw error;
  }
  return { root, [Symbol.asyncDispose]: remove };
}

export function planted(text: string, { name, file, find, replace }: PlantedBug): string {
  const [before = "", after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    throw new Error(
      `Cannot plant "${name}": its text is in ${file} ${text.split(find).length - 1} times`,
    );
  }
  return `${before}${replace}${after}`;
}
