/** Removes what dead runs left: their processes, namespaces, mounts, folders and records; live worlds are left alone. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removeCniResults } from "./cni-results.ts";
import { removeContainerdRemains } from "./containerd-remains.ts";
import { deleteNamespaces, listNamespaces, namespacePath } from "./namespaces.ts";
import { evict } from "./occupants.ts";
import { outsideOf } from "./outside.ts";
import { hasPrivileges } from "./privileges.ts";
import { signalProcess } from "./process-identity.ts";
import { readProcessRecords } from "./process-record.ts";
import { forgetWorld, isOwned, listWorlds, type WorldRecord } from "./registry.ts";
import { defaultWorkDirectory, mountsBelow, removeWorldDirectory } from "./world-directory.ts";

type Progress = (line: string) => void;

const worldOf = /^(dnc-[0-9a-f]{4})(?:-|$)/;

export async function cleanWorlds(
  progress: Progress,
): Promise<{ readonly removed: readonly string[] }> {
  if (outsideOf() !== undefined) {
    throw new Error("Cannot clean: from inside a user namespace other worlds cannot be seen");
  }
  // Traces before records: a world that begins in between has its record before anything else.
  const traced = tracedIds();
  const { worlds, damaged } = listWorlds();
  const owned = worlds.filter(isOwned);
  for (const world of owned) {
    progress(`${world.id} is in use by process ${world.owner.pid}: left alone`);
  }
  const ownedIds = new Set(owned.map(({ id }) => id));
  const records = new Map(worlds.map((world) => [world.id, world]));
  // A record can be missing or torn; the names of what it stood for say which world they are of.
  const ids = new Set([...records.keys(), ...damaged, ...traced]);

  const removed: string[] = [];
  for (const id of [...ids].sort()) {
    if (ownedIds.has(id)) continue;
    removed.push(...(await removeWorld(id, records.get(id))));
  }
  for (const line of removed) progress(`removed ${line}`);
  return { removed };
}

/** Removes every trace of one world whose owner is dead; says what. */
export async function removeWorld(
  id: string,
  record: WorldRecord | undefined,
): Promise<readonly string[]> {
  if (record?.unprivileged) return removeUnprivileged(record);
  const directory = record?.directory ?? join(defaultWorkDirectory, id);
  const namespaces = listNamespaces().filter((name) => name.startsWith(`${id}-`));
  const killed = readProcessRecords(join(directory, "processes")).filter((recorded) =>
    signalProcess(recorded, "SIGKILL"),
  );
  // The pods of a real container runtime have their namespaces below the world's folder.
  const evicted = await evict([...namespaces.map(namespacePath), ...mountsBelow(directory)]);
  await deleteNamespaces(namespaces);
  const results = removeCniResults(directory);
  const sandboxes = removeContainerdRemains(directory);
  const mounted = await removeWorldDirectory(directory);
  forgetWorld(id);
  return [
    ...killed.map(({ pid, name }) => `process ${pid} (${name}) of ${id}`),
    ...evicted
      .filter(({ pid }) => !killed.some((other) => other.pid === pid))
      .map(({ pid, argv }) => `process ${pid} (${argv.join(" ")}) of ${id}`),
    ...namespaces.map((name) => `namespace ${name}`),
    ...results.map((path) => `result ${path}`),
    ...sandboxes.map((id) => `sandbox ${id}`),
    ...(mounted ? [`folder ${directory}`] : []),
    `world ${id}`,
  ];
}

/** Everything of it lives in namespaces that end with their first process. */
function removeUnprivileged({ id, keeper }: WorldRecord): readonly string[] {
  const killed = keeper !== undefined && signalProcess(keeper, "SIGKILL");
  forgetWorld(id);
  return [...(killed ? [`process ${keeper.pid} (keeper) of ${id}`] : []), `world ${id}`];
}

/** An ordinary user's worlds leave no traces outside; those that they see are root's. */
function tracedIds(): readonly string[] {
  if (!hasPrivileges()) return [];
  return [...listNamespaces(), ...foldersOf(defaultWorkDirectory)].flatMap((name) => {
    const id = worldOf.exec(name)?.[1];
    return id === undefined ? [] : [id];
  });
}

function foldersOf(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
