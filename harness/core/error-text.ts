/** Any thrown value as one line for a person. */
import { inspect } from "node:util";

export function errorText(error: unknown): string {
  const text =
    error instanceof Error
      ? error.message || error.name
      : typeof error === "string"
        ? error
        : inspect(error, { breakLength: Number.POSITIVE_INFINITY });
  return text.replace(/\s*\n\s*/g, "; ").trim();
}
