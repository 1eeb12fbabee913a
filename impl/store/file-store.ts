/** The store on disk: one JSON file per record in a folder of its own, readable by a person at 3 a.m. */
import { chmod, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { KeyedLock } from "../base/lock.ts";
import { makeDirectory, removeFile, replaceFile, syncDirectory } from "./durable.ts";
import { fileNameOf, isRecordName, parseRecord, printRecord } from "./record-file.ts";
import { type Damaged, type Store, StoreError } from "./store.ts";

/** What a crash leaves half written. */
const temporaryName = /^\.\d+-\d+\.tmp$/;

/**
 * Creates `directory` (0700) if need be. `parse` throws when a value is no T; its message becomes the reason.
 * One process at a time may use a directory.
 */
export async function openFileStore<T>(
  directory: string,
  parse: (value: unknown) => T,
): Promise<Store<T>> {
  await storing(`open the store ${JSON.stringify(directory)}`, async () => {
    await makeDirectory(directory, 0o700);
    await chmod(directory, 0o700);
  });
  // Puts and deletes of one key happen in the order they were asked for; the last one asked wins.
  const order = new KeyedLock();
  let temporaries = 0;
  return {
    load: () =>
      storing(`load the store ${JSON.stringify(directory)}`, () => load(directory, parse)),
    put: (key, record) =>
      order.run(key, () =>
        storing(`write the record of ${JSON.stringify(key)} to ${directory}`, () => {
          temporaries += 1;
          return replaceFile({
            directory,
            name: fileNameOf(key),
            temporary: `.${process.pid}-${temporaries}.tmp`,
            text: printRecord(key, record),
          });
        }),
      ),
    delete: (key) =>
      order.run(key, () =>
        storing(`delete the record of ${JSON.stringify(key)} in ${directory}`, () =>
          removeFile(directory, fileNameOf(key)),
        ),
      ),
  };
}

async function load<T>(directory: string, parse: (value: unknown) => T) {
  const records = new Map<string, T>();
  const damaged: Damaged[] = [];
  let changed = false;
  for (const name of (await readdir(directory)).sort()) {
    if (temporaryName.test(name)) {
      await unlink(join(directory, name));
      changed = true;
    } else if (isRecordName(name)) {
      const read = await readRecord(directory, name, parse);
      if (read.ok) {
        records.set(read.key, read.record);
      } else {
        damaged.push(await setAside(directory, name, read.reason));
        changed = true;
      }
    }
  }
  if (changed) await syncDirectory(directory);
  return { records, damaged };
}

async function readRecord<T>(directory: string, name: string, parse: (value: unknown) => T) {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, name));
  } catch (error) {
    return { ok: false as const, reason: `it cannot be read (${errnoOf(error) ?? "unknown"})` };
  }
  return parseRecord(name, bytes, parse);
}

/** Keeps the evidence, under a name no load looks at. One that cannot be moved must not hide the good records. */
async function setAside(directory: string, name: string, reason: string): Promise<Damaged> {
  const from = join(directory, name);
  try {
    const taken = new Set(await readdir(directory));
    let n = 1;
    while (taken.has(`${name}.damaged-${n}`)) n += 1;
    const path = join(directory, `${name}.damaged-${n}`);
    await rename(from, path);
    return { path, reason };
  } catch (error) {
    const errno = errnoOf(error) ?? "unknown";
    return { path: from, reason: `${reason}; it could not be set aside (${errno})` };
  }
}

async function storing<R>(action: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error) ?? "UNKNOWN";
    throw new StoreError(errno, `Cannot ${action}: ${stateOf(errno, error)} (${errno})`, error);
  }
}

function stateOf(errno: string, error: unknown): string {
  switch (errno) {
    case "ENOSPC":
      return "no space is left on the device";
    case "EDQUOT":
      return "the disk quota is used up";
    case "EROFS":
      return "the file system is read-only";
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "ENOENT":
      return "the directory does not exist";
    case "ENOTDIR":
      return "a part of its path is not a directory";
    case "EIO":
      return "the disk fails";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
