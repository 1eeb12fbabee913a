/** Puts values into the {placeholders} of a file that people write, wherever strings stand. */

export type Placeholders = Readonly<Record<string, string>>;

/** Words in braces that are no placeholder stay as they are: they belong to the plugin. */
export function fill<T>(template: T, values: Placeholders): T {
  return filled(template, values) as T;
}

function filled(template: unknown, values: Placeholders): unknown {
  if (typeof template === "string") {
    return template.replace(/\{([a-zA-Z0-9]+)\}/g, (word, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : word,
    );
  }
  if (Array.isArray(template)) return template.map((item) => filled(item, values));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, filled(value, values)]),
  );
}
