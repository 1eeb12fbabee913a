/** Holds the product's processes of one node at named instants, through the folder that impl/base/pause.ts looks into. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "../../../impl/base/time.ts";

/** the name that impl/base/pause.ts has for it */
export const pauseVariable = "CNI_OFFLOAD_PAUSE_DIR";

const pollMs = 2;

export class Pauses {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Holds the first process that comes to the instant with this attachment; nobody is held anywhere else. */
  arm(instant: string, key: string): void {
    // What was meant for a process that has died since must not meet this one.
    this.clear();
    this.#write(instant, key);
  }

  /** Resolves when somebody is held there; rejects when `signal` aborts. */
  async reached(instant: string, signal: AbortSignal): Promise<void> {
    while (!existsSync(join(this.folder, `${instant}.reached`))) await sleep(pollMs, signal);
  }

  /** Lets go who is held there, with an error if one is given. */
  release(instant: string, error = ""): void {
    if (existsSync(join(this.folder, `${instant}.reached`))) this.#write(`${instant}.go`, error);
  }

  /** Resolves when who was let go has gone on. */
  async passed(instant: string, signal: AbortSignal): Promise<void> {
    while (existsSync(join(this.folder, `${instant}.reached`))) await sleep(pollMs, signal);
  }

  /** Forgets every request, also those of processes that died while they were held. */
  clear(): void {
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { force: true });
  }

  /** Whole at once: the other side reads as soon as the name is there. */
  #write(name: string, text: string): void {
    const temporary = join(this.folder, `.${name}`);
    writeFileSync(temporary, text);
    renameSync(temporary, join(this.folder, name));
  }
}
