/** Worlds kept up for work by hand: made by `dnc up`, found by `dnc exec` and `dnc down`. */
import { UsageError } from "../core/usage-error.ts";

export interface HeldWorlds {
  find(): Promise<readonly HeldWorld[]>;
  /** Asks the process that holds the world to end it; resolves when both are gone. */
  stop(world: HeldWorld, progress: (line: string) => void): Promise<void>;
  /** argv that runs `argv` on a node's "host", "dpu" or in one of its pods. Throws UsageError for an unknown place. */
  command(world: HeldWorld, place: PlaceName, argv: readonly string[]): Promise<readonly string[]>;
}

export interface HeldWorld {
  readonly id: string;
  readonly nodes: readonly string[];
}

export interface PlaceName {
  readonly node: string;
  /** "host", "dpu" or a pod's name */
  readonly part: string;
}

/** The world of that name, or the only one there is. */
export function theWorld(id: string | undefined, worlds: readonly HeldWorld[]): HeldWorld {
  const names = worlds.map((world) => world.id).join(", ");
  const [first] = worlds;
  if (first === undefined)
    throw new UsageError("Cannot find a world: none is up (dnc up makes one)");
  if (id === undefined) {
    if (worlds.length === 1) return first;
    throw new UsageError(`Cannot choose a world: there are ${names}; name one`);
  }
  const found = worlds.find((world) => world.id === id);
  if (found) return found;
  throw new UsageError(`Cannot find the world ${JSON.stringify(id)}: there is ${names}`);
}

/** "node1", "node1/host", "node1/dpu", "node1/POD" */
export function parsePlace(text: string, world: HeldWorld): PlaceName {
  const [node = "", part = "host", ...more] = text.split("/");
  const nodes = world.nodes.join(", ");
  if (more.length > 0 || part === "") {
    throw new UsageError(
      `Cannot find the place ${JSON.stringify(text)}: expected NODE, NODE/host, NODE/dpu or NODE/POD`,
    );
  }
  if (!world.nodes.includes(node)) {
    throw new UsageError(
      `Cannot find the node ${JSON.stringify(node)}: ${world.id} has ${nodes || "no nodes yet"}`,
    );
  }
  return { node, part };
}
