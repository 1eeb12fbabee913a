/** A node's own values for the {placeholders} of a target file. */
import { join } from "node:path";
import type { Node } from "../core/backend.ts";
import type { Placeholders } from "../core/fill.ts";

/** @param target its name: two targets on a node keep their state apart */
export function placeholdersOf(node: Node, target: string): Placeholders {
  return {
    state: stateOf(node, target),
    bin: node.paths.cniBin,
    run: node.paths.run,
    node: node.name,
  };
}

export function stateOf(node: Node, target: string): string {
  return join(node.paths.hostState, target);
}
