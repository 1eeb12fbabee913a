/** The name of a run: sorts by time, reads as a date, and never repeats on one machine. */
import { randomBytes } from "node:crypto";

/** "20260102T030405Z-4f1c" */
export function newRunId(
  now: Date = new Date(),
  suffix: string = randomBytes(2).toString("hex"),
): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${suffix}`;
}
