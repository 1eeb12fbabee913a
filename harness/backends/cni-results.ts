/** The results that libcni keeps of a dead world's attachments: it has one folder per machine, whoever runs it. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = "/var/lib/cni/results";

/** Removes those whose sandbox is below `directory`; their paths. */
export function removeCniResults(directory: string, from = folder): readonly string[] {
  return namesIn(from).flatMap((name) => {
    const path = join(from, name);
    if (!mentions(path, `${directory}/`)) return [];
    rmSync(path, { force: true });
    return [path];
  });
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // nobody ran libcni here
  }
}

function mentions(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(text);
  } catch {
    return false; // its owner removed it meanwhile
  }
}
