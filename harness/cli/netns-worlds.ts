/** The worlds of the netns backend that are up on this machine. */
import { enterCommand } from "../backends/enter.ts";
import { findWorlds, stopWorld } from "../backends/held-worlds.ts";
import { errorText } from "../core/error-text.ts";
import { UsageError } from "../core/usage-error.ts";
import type { HeldWorlds } from "./held-worlds.ts";

export const netnsWorlds: HeldWorlds = {
  find: () =>
    findWorlds()
      .filter(({ alive, state }) => alive || state === "retained")
      .map(({ id, state, command }) => ({
        id,
        held: state === "retained" || /\shold(\s|$)/.test(command),
      })),
  stop: stopWorld,
  command(id, place, argv) {
    const world = findWorlds().find((found) => found.id === id);
    if (world === undefined) throw new UsageError(`Cannot enter "${id}": it is gone`);
    try {
      return enterCommand(world, place, argv);
    } catch (error) {
      throw new UsageError(errorText(error));
    }
  },
};
