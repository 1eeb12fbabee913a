/** Records that could not be read: moved out of the way, kept as evidence, found again at every start. */
import { readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { syncDirectory } from "./durable.ts";
import { keyOfName } from "./record-file.ts";
import type { Damaged } from "./store.ts";

const form = /^(.+)\.damaged-[0-9]+$/;

/** The name it had as a record; undefined for a file that was not set aside. */
export function nameBefore(name: string): string | undefined {
  return form.exec(name)?.[1];
}

/** Moves it to a name no load takes for a record. One that cannot be moved must not hide the good records. */
export async function setAside(directory: string, name: string, reason: string): Promise<Damaged> {
  const from = join(directory, name);
  try {
    const taken = new Set(await readdir(directory));
    let n = 1;
    while (taken.has(`${name}.damaged-${n}`)) n += 1;
    const path = join(directory, `${name}.damaged-${n}`);
    await rename(from, path);
    return damagedAt(path, name, reason);
  } catch (error) {
    const errno = errnoOf(error) ?? "unknown";
    return damagedAt(from, name, `${reason}; it could not be set aside (${errno})`);
  }
}

export function damagedAt(path: string, name: string, reason: string): Damaged {
  const key = keyOfName(name);
  return { path, reason, ...(key === undefined ? {} : { key }) };
}

/** Removes everything that was set aside under the record name `name`. */
export async function removeAside(directory: string, name: string): Promise<void> {
  const aside = (await readdir(directory)).filter((each) => nameBefore(each) === name);
  if (aside.length === 0) return;
  for (const each of aside) await unlink(join(directory, each));
  await syncDirectory(directory);
}
