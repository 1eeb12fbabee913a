/** Which program of a measurement is missing, and how it is had. */
import type { Place } from "../../../core/backend.ts";

/** @param tools executables, and the Debian package of each; gives the reason to skip, undefined when all are there */
export async function lackingTool(
  place: Place,
  tools: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  for (const [tool, debian] of Object.entries(tools)) {
    const found = await place.exec(["sh", "-c", `command -v ${tool}`]);
    if (found.exitCode !== 0) return `no ${tool}: apt-get install ${debian}`;
  }
  return undefined;
}
