/**
 * The list of worlds on this machine: one small file per world, written before anything of it exists and removed
 * after the last of it is gone, so that whoever dies leaves a trace that `clean` can follow.
 */
import { randomBytes } from "node:crypto";
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errnoOf } from "../../impl/base/errno.ts";
import { parseShape } from "../../impl/base/shape.ts";
import { outsideOf } from "./outside.ts";
import { identityOf, isAlive, type ProcessIdentity } from "./process-identity.ts";

const identity = z.object({ pid: z.number().int().positive(), startTime: z.string() });

export const worldRecordSchema = z.object({
  id: z.string().regex(/^dnc-[0-9a-f]{4}$/),
  /** the world's scratch folder */
  directory: z.string(),
  /** the process whose end is the world's end, as seen from outside a user namespace */
  owner: identity,
  /** what the owner was started as, for people */
  command: z.string(),
  state: z.enum(["starting", "ready", "retained"]),
  /** inside a user namespace of its own */
  unprivileged: z.boolean(),
  nodes: z.array(z.string()),
  /** of a retained unprivileged world: the process that keeps its namespaces alive */
  keeper: identity.optional(),
});

export type WorldRecord = z.infer<typeof worldRecordSchema>;

/** Where this user's worlds are listed: the same place inside and outside of a user namespace. */
export function registryFolder(): string {
  const uid = outsideOf()?.uid ?? process.getuid?.() ?? 0;
  return uid === 0 ? "/run/dnc" : `/tmp/dnc-${uid}`;
}

/** /tmp is everybody's: a folder that somebody else put there is not ours to trust. */
export function makeRegistry(): string {
  const folder = registryFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) {
    throw new Error(`Cannot list worlds in "${folder}": it belongs to another user`);
  }
  return folder;
}

/** Takes a name that no world has, and writes its record. */
export function claimWorld(workDirectory: string): WorldRecord {
  makeRegistry();
  const outside = outsideOf();
  const owner = outside?.process ?? identityOf(process.pid);
  if (owner === undefined) throw new Error('Cannot claim a world: "/proc" is not mounted');
  for (;;) {
    const id = `dnc-${randomBytes(2).toString("hex")}`;
    const record: WorldRecord = {
      id,
      directory: join(workDirectory, id),
      owner,
      command: process.argv.slice(1).join(" "),
      state: "starting",
      unprivileged: outside !== undefined,
      nodes: [],
    };
    const draft = `${recordPath(id)}.${process.pid}`;
    try {
      // Linked when it is whole: a torn record would be taken for a dead world's.
      writeFileSync(draft, print(record));
      linkSync(draft, recordPath(id));
      return record;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

export function writeWorld(record: WorldRecord): void {
  const path = recordPath(record.id);
  writeFileSync(`${path}.new`, print(record));
  renameSync(`${path}.new`, path);
}

export function changeWorld(id: string, change: Partial<WorldRecord>): void {
  const record = read(id);
  if (record !== undefined) writeWorld({ ...record, ...change });
}

/** Notes who keeps the namespaces of `owner`'s retained worlds when it ends. */
export function keepWorldsOf(owner: ProcessIdentity, keeper: ProcessIdentity): void {
  for (const { id, owner: other } of listWorlds().worlds) {
    if (other.pid === owner.pid && other.startTime === owner.startTime) changeWorld(id, { keeper });
  }
}

export function forgetWorld(id: string): void {
  rmSync(recordPath(id), { force: true });
  rmSync(`${recordPath(id)}.new`, { force: true });
}

/** Every listed world; a record that cannot be read is named in `damaged`. */
export function listWorlds(): {
  readonly worlds: readonly WorldRecord[];
  readonly damaged: readonly string[];
} {
  const worlds: WorldRecord[] = [];
  const damaged: string[] = [];
  for (const name of filesOf(registryFolder())) {
    const id = /^(dnc-[0-9a-f]{4})\.json$/.exec(name)?.[1];
    if (id === undefined) continue;
    const record = read(id);
    if (record === undefined) damaged.push(id);
    else worlds.push(record);
  }
  return { worlds, damaged };
}

export function findWorld(id: string): WorldRecord | undefined {
  return read(id);
}

/** True while the world's owner runs. */
export function isOwned(record: WorldRecord): boolean {
  return isAlive(record.owner);
}

function read(id: string): WorldRecord | undefined {
  try {
    const shape = parseShape(worldRecordSchema, JSON.parse(readFileSync(recordPath(id), "utf8")));
    return shape.ok ? shape.value : undefined;
  } catch {
    return undefined; // torn by a crash, or gone meanwhile
  }
}

function recordPath(id: string): string {
  return join(registryFolder(), `${id}.json`);
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function print(record: WorldRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}
