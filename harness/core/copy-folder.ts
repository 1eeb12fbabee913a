/** Copies a folder for people to look at later: plain files within bounds, no private keys; what was left out is said. */
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorText } from "./error-text.ts";
import { holdsPrivateKey } from "./private-key.ts";

/** bytes; a file above it is no state that a person reads */
const largestFile = 4 * 1024 * 1024;
/** of one folder */
const mostFiles = 2_000;

/** What was left out, one line each. Never throws: files may go while they are copied. */
export async function copyFolder(from: string, to: string): Promise<readonly string[]> {
  const left: string[] = [];
  const names = await readdir(from, { recursive: true }).catch(() => []);
  for (const name of names.sort().slice(0, mostFiles)) {
    const why = await copyOne(join(from, name), join(to, name)).catch(errorText);
    if (why !== undefined) left.push(`${name}: ${why}`);
  }
  if (names.length > mostFiles) left.push(`${names.length - mostFiles} more files`);
  return left;
}

async function copyOne(from: string, to: string): Promise<string | undefined> {
  const stats = await lstat(from);
  if (stats.isDirectory()) return undefined;
  if (!stats.isFile()) return stats.isSocket() ? "a socket" : "no plain file";
  if (stats.size > largestFile) return `${stats.size} bytes`;
  const content = await readFile(from);
  if (holdsPrivateKey(content)) return "it holds a private key";
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, content);
  return undefined;
}
