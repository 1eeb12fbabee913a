/** Finds a plugin's executable in CNI_PATH: the first directory that has it wins; a type with a separator is refused. */
import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";

export async function findExecutable(
  type: string,
  cniPath: readonly string[],
): Promise<string | undefined> {
  if (type.includes("/")) return undefined;
  for (const directory of cniPath.filter((entry) => entry !== "")) {
    const path = join(directory, type);
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isFile) continue;
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}
