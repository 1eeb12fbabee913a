/** The state of a world, read side by side from all its namespaces, processes, folders and cards. */
import { basename } from "node:path";
import type { Snapshot } from "../core/snapshot.ts";
import { listNamespaces, namespacePath } from "./namespaces.ts";
import type { BuiltNode } from "./node.ts";
import { type Occupant, occupantsOf } from "./occupants.ts";
import { isAlive } from "./process-identity.ts";
import { fileLines } from "./snapshot-files.ts";
import { machineLines, networkLines } from "./snapshot-network.ts";
import { findTool } from "./tool-path.ts";
import { mountsBelow } from "./world-directory.ts";

export interface SnapshotSource {
  readonly id: string;
  readonly directory: string;
  readonly nodes: readonly BuiltNode[];
}

export async function takeSnapshot(source: SnapshotSource): Promise<Snapshot> {
  const { id, directory, nodes } = source;
  await Promise.all(nodes.map(({ card }) => card.settle()));
  const namespaces = listNamespaces().filter((name) => name.startsWith(`${id}-`));
  // Before the commands below put processes of their own into the namespaces.
  const occupants = await occupantsOf(namespaces.map(namespacePath));
  const [machine, ...networks] = await Promise.all([
    machineLines(),
    ...namespaces.map((name) => networkLines(enter(name))),
  ]);

  const places = new Map<string, string[]>();
  const put = (place: string, lines: readonly string[]) => {
    places.set(place, [...(places.get(place) ?? []), ...lines]);
  };
  put("machine", machine ?? []);
  put(
    "machine",
    listNamespaces()
      .filter(concerns(id))
      .map((name) => `netns ${name}`),
  );
  put(
    "machine",
    mountsBelow(directory).map((path) => `mount ${path}`),
  );
  for (const [index, name] of namespaces.entries()) put(placeOf(id, name), networks[index] ?? []);
  for (const [name, lines] of processLines(occupants)) put(placeOf(id, name), lines);
  for (const { node, card } of nodes) {
    put(`${node.name}/host`, card.lines());
    put(`${node.name}/host`, fileLines(node.paths));
  }
  return new Map([...places].map(([place, lines]) => [place, [...lines].sort()]));
}

function enter(namespace: string): readonly string[] {
  return [findTool("nsenter") ?? "nsenter", `--net=${namespacePath(namespace)}`, "--"];
}

/** Other worlds come and go as they like. */
function concerns(id: string): (namespace: string) => boolean {
  return (name) => !/^dnc-[0-9a-f]{4}-/.test(name) || name.startsWith(`${id}-`);
}

/** "dnc-4f1c-node1-host" → "node1/host", "dnc-4f1c-fabric" → "fabric" */
function placeOf(id: string, namespace: string): string {
  return namespace.slice(id.length + 1).replace("-", "/");
}

/** By command line and number: a daemon that was stopped and started again is the same line. */
function processLines(occupants: readonly Occupant[]): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { netns, argv, ...identity } of occupants) {
    if (!isAlive(identity)) continue; // it was ending
    const name = basename(netns);
    const lines = counts.get(name) ?? new Map<string, number>();
    const line = `process ${argv.join(" ")}`;
    lines.set(line, (lines.get(line) ?? 0) + 1);
    counts.set(name, lines);
  }
  return new Map(
    [...counts].map(([name, lines]) => [
      name,
      [...lines].map(([line, count]) => (count === 1 ? line : `${line} × ${count}`)),
    ]),
  );
}
