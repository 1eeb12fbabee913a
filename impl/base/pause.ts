/**
 * Named instants at which a test can hold this process, or make it fail. Off, `pause` is undefined and a call site costs
 * one comparison; on only where the environment names a folder, which is logged as a warning at start.
 *
 * The folder is the control. A file NAME asks for a pause at the instant NAME (its text: the key of the attachment
 * concerned; empty: any). Who comes there first renames it to NAME.reached and waits for a file NAME.go: empty to go on,
 * else the text of the error to fail with. Both files are gone when it goes on. One request pauses once.
 */
import { existsSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "./log.ts";
import { sleep } from "./time.ts";

/** Every instant there is. `add-` and `del-` are the daemon's, `port-` and `addresses-` the agent's. */
export type Instant =
  | "add-begun"
  | "add-vf-chosen"
  | "add-intent-recorded"
  | "add-vf-moved"
  | "add-link-set"
  | "add-wired"
  | "add-announced"
  | "add-committed"
  | "del-begun"
  | "del-record-loaded"
  | "del-vf-taken"
  | "del-vf-restored"
  | "del-record-deleted"
  | "del-vf-freed"
  | "del-answering"
  | "addresses-reserved"
  | "addresses-released"
  | "port-added"
  | "port-delete-asked"
  | "port-deleted";

/** `key` is the text of the attachment's. */
export type Pause = (instant: Instant, key: string) => Promise<void>;

export const pauseVariable = "CNI_OFFLOAD_PAUSE_DIR";

const pollMs = 2;

export const pause: Pause | undefined = pauseIn(process.env[pauseVariable]);

/** Says at start that this process can be held from outside, and each time that it is. */
export function warnOfPauses(log: Log, folder = process.env[pauseVariable]): void {
  if (folder === undefined || folder === "") return;
  log.warn(`${pauseVariable} is set: this process pauses and fails when told to; for tests only`, {
    folder,
  });
  warn = (message, fields) => log.warn(message, fields);
}

let warn: Log["warn"] = () => {};

export function pauseIn(folder: string | undefined): Pause | undefined {
  if (folder === undefined || folder === "") return undefined;
  return async (instant, key) => {
    const request = join(folder, instant);
    if (!claim(request, key)) return;
    warn("paused", { instant, key });
    const error = await verdict(`${request}.go`);
    unlinkSync(`${request}.reached`);
    warn(error === "" ? "goes on" : "fails as told", { instant, key });
    if (error !== "") throw new Error(error);
  };
}

/** In one turn: of two that come here at once, one is held. */
function claim(request: string, key: string): boolean {
  if (!existsSync(request)) return false;
  const wanted = readFileSync(request, "utf8");
  if (wanted !== "" && wanted !== key) return false;
  renameSync(request, `${request}.reached`);
  return true;
}

async function verdict(file: string): Promise<string> {
  while (!existsSync(file)) await sleep(pollMs);
  const error = readFileSync(file, "utf8");
  unlinkSync(file);
  return error;
}
