/** Where the system's tools are: an ordinary user's PATH often lacks sbin, and a plugin's environment may have none. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const systemFolders = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** PATH as it is, with the system's folders that it lacks at its end. */
export function toolPath(environment: NodeJS.ProcessEnv = process.env): string {
  const own = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set([...own, ...systemFolders])].join(delimiter);
}

/** The absolute path of a tool; undefined when it is not installed. */
export function findTool(name: string): string | undefined {
  for (const folder of toolPath().split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
