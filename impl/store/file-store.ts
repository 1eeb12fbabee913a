/** The store on disk: one JSON file per record in a folder of its own, readable by a person at 3 a.m. */
import { chmod, readdir, readFile, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { KeyedLock } from "../base/lock.ts";
import { makeDirectory, removeFile, replaceFile, syncDirectory } from "./durable.ts";
import { fileNameOf, isRecordName, parseRecord, printRecord } from "./record-file.ts";
import { damagedAt, nameBefore, removeAside, setAside } from "./set-aside.ts";
import type { Damaged, Store } from "./store.ts";
import { storing } from "./storing.ts";

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
    forgetDamaged: (key) =>
      order.run(key, () =>
        storing(`remove the damaged record of ${JSON.stringify(key)} in ${directory}`, () =>
          removeAside(directory, fileNameOf(key)),
        ),
      ),
  };
}

/** What is in `directory` now, with nothing changed: for looking at the state of a process that may be running. */
export async function inspectFileStore<T>(directory: string, parse: (value: unknown) => T) {
  return storing(`read the store ${JSON.stringify(directory)}`, async () => {
    const found = await survey(directory, parse);
    return { records: found.records, damaged: [...found.unfit, ...found.aside] };
  });
}

async function load<T>(directory: string, parse: (value: unknown) => T) {
  const { records, unfit, aside, temporaries } = await survey(directory, parse);
  for (const name of temporaries) await unlink(join(directory, name));
  const damaged: Damaged[] = [...aside];
  for (const { path, reason } of unfit) {
    damaged.push(await setAside(directory, basename(path), reason));
  }
  if (temporaries.length + unfit.length > 0) await syncDirectory(directory);
  return { records, damaged };
}

async function survey<T>(directory: string, parse: (value: unknown) => T) {
  const records = new Map<string, T>();
  const unfit: Damaged[] = [];
  const aside: Damaged[] = [];
  const temporaries: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const before = nameBefore(name);
    if (temporaryName.test(name)) temporaries.push(name);
    else if (before !== undefined) {
      const read = await readRecord({ directory, name, as: before }, parse);
      const reason = read.ok ? "it was set aside by an earlier start" : read.reason;
      aside.push(damagedAt(join(directory, name), before, reason));
    } else if (isRecordName(name)) {
      const read = await readRecord({ directory, name, as: name }, parse);
      if (read.ok) records.set(read.key, read.record);
      else unfit.push(damagedAt(join(directory, name), name, read.reason));
    }
  }
  return { records, unfit, aside, temporaries };
}

async function readRecord<T>(
  file: { readonly directory: string; readonly name: string; readonly as: string },
  parse: (value: unknown) => T,
) {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(file.directory, file.name));
  } catch (error) {
    return { ok: false as const, reason: `it cannot be read (${errnoOf(error) ?? "unknown"})` };
  }
  return parseRecord(file.as, bytes, parse);
}
