/** A result as checks use it that are about something else: one that cannot be read is for the checks of RES to say. */
import type { CheckContext } from "../../core/check.ts";
import { type AnyResult, anyResult } from "../../spec/result.ts";

export function readable(t: CheckContext, document: unknown): AnyResult {
  const read = anyResult.safeParse(document);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return t.blocked(`the result cannot be read: ${issue?.path.join(".")}: ${issue?.message}`);
}
