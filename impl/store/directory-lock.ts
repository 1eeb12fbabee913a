/** One process per state directory: a lock that ends with the process that holds it, however that ends. */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import koffi, { type KoffiFunc } from "koffi";
import { makeDirectory } from "./durable.ts";
import { storing } from "./storing.ts";

const flock = koffi.load(null).func("int flock(int, int)") as KoffiFunc<
  (fd: number, operation: number) => number
>;
/** LOCK_EX | LOCK_NB */
const exclusiveNow = 2 | 4;

export const lockFileName = "lock";

/** Creates `directory` if need be. Throws, in one line with what to do, when another process holds it. */
export async function lockDirectory(directory: string): Promise<Disposable> {
  const path = join(directory, lockFileName);
  const fd = await storing(`use state directory ${JSON.stringify(directory)}`, async () => {
    await makeDirectory(directory, 0o700);
    // The file stays when the lock ends: one that was removed and made anew could be locked twice.
    return openSync(path, "a", 0o600);
  });
  if (flock(fd, exclusiveNow) !== 0) {
    const holder = readFileSync(path, "utf8").trim();
    closeSync(fd);
    const who = /^[0-9]+$/.test(holder) ? ` (pid ${holder})` : "";
    throw new Error(
      `Cannot use state directory "${directory}": another process uses it${who}; stop that one first, or configure another directory`,
    );
  }
  ftruncateSync(fd, 0);
  writeSync(fd, `${process.pid}\n`);
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (isHeld) closeSync(fd);
      isHeld = false;
    },
  };
}
