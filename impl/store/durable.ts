/** File operations that have survived a power cut once they resolve. */
import { mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errnoOf } from "../base/errno.ts";

/** Creates `directory` and its missing parents with `mode`; each new one is durable in its parent. */
export async function makeDirectory(directory: string, mode: number): Promise<void> {
  const last = resolve(directory);
  const first = await mkdir(last, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = last; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

/** of each directory the sync that has not begun, and what it waits for */
const due = new Map<string, Promise<void>>();
const running = new Map<string, Promise<void>>();

/**
 * What renames, creations and removals in a directory need besides: fsync(2), "NOTES". Whoever asks while one runs shares
 * the next one with all who do: what they changed is in the directory before it begins.
 */
export function syncDirectory(directory: string): Promise<void> {
  const shared = due.get(directory);
  if (shared !== undefined) return shared;
  const before = running.get(directory);
  if (before === undefined) return begin(directory);
  const next = before.then(
    () => begin(directory),
    () => begin(directory),
  );
  due.set(directory, next);
  return next;
}

function begin(directory: string): Promise<void> {
  due.delete(directory);
  const work = sync(directory).finally(() => {
    if (running.get(directory) === work) running.delete(directory);
  });
  running.set(directory, work);
  return work;
}

async function sync(directory: string): Promise<void> {
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export interface Replacement {
  readonly directory: string;
  readonly name: string;
  /** a name in the same directory that nobody else uses */
  readonly temporary: string;
  readonly text: string;
}

/** Gives `name` the new text, whole or not at all: on failure the old file stays and the temporary one is gone. */
export async function replaceFile({
  directory,
  name,
  temporary,
  text,
}: Replacement): Promise<void> {
  const path = join(directory, temporary);
  try {
    const file = await open(path, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    await Promise.all([file.close(), rename(path, join(directory, name))]);
  } catch (error) {
    await unlink(path).catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
  await syncDirectory(directory);
}

export async function removeFile(directory: string, name: string): Promise<void> {
  try {
    await unlink(join(directory, name));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  await syncDirectory(directory); // an earlier removal may not have come this far
}
