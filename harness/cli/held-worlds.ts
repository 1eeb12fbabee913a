/** Worlds that are up, as `dnc exec` and `dnc down` see them: held by `dnc up`, kept by --retain, or those of a run. */
import { UsageError } from "../core/usage-error.ts";

export interface HeldWorlds {
  find(): readonly HeldWorld[];
  /** Asks the process that holds the world to end it; resolves when both are gone. */
  stop(id: string, progress: (line: string) => void): Promise<void>;
  /** argv that runs `argv` at a place: "node1" or "node1/host", "node1/dpu", "node1/POD". Throws when it is not there. */
  command(id: string, place: string, argv: readonly string[]): readonly string[];
}

export interface HeldWorld {
  readonly id: string;
  /** made to be worked in by hand; otherwise a run uses it */
  readonly held: boolean;
}

/** The world of that name, or the only one there is. */
export function theWorld(id: string | undefined, worlds: readonly HeldWorld[]): HeldWorld {
  const names = worlds.map((world) => world.id).join(", ");
  const [first] = worlds;
  if (first === undefined) {
    throw new UsageError('Cannot find a world: none is up ("dnc up" makes one)');
  }
  if (id === undefined) {
    if (worlds.length === 1) return first;
    throw new UsageError(`Cannot choose a world: there are ${names}; name one`);
  }
  const found = worlds.find((world) => world.id === id);
  if (found) return found;
  throw new UsageError(`Cannot find the world ${JSON.stringify(id)}: up now: ${names}`);
}
