/** Puts a node's own values into a target's {placeholders}, wherever strings stand. */
import { join } from "node:path";
import type { Node } from "../core/backend.ts";

export type Placeholders = Readonly<Record<string, string>>;

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

/** Words in braces that are no placeholder stay as they are: they belong to the plugin. */
export function fill<T>(template: T, values: Placeholders): T {
  return filled(template, values) as T;
}

function filled(template: unknown, values: Placeholders): unknown {
  if (typeof template === "string") {
    return template.replace(/\{([a-z]+)\}/g, (word, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : word,
    );
  }
  if (Array.isArray(template)) return template.map((item) => filled(item, values));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, filled(value, values)]),
  );
}
