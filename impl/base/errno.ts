/** The errno name ("ENOENT") an error carries: Node's system errors, and ours that follow them with `code`. */

export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
