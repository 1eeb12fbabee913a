/**
 * Certificates that are replaced while we run: the three files are read again when one of them changes and swapped as
 * a whole, or not at all. Connections that exist go on; new ones use the new files.
 */
import { type FSWatcher, watch } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "../base/errno.ts";
import type { Log } from "../base/log.ts";
import { sleep } from "../base/time.ts";
import { expiryNotices } from "./expiry-notice.ts";
import { loadSecurity, type OwnIdentity, type Security, type TlsPaths } from "./security.ts";

export interface LiveSecurity {
  readonly current: Security;
  /** `listener` hears every later replacement. */
  onChange(listener: (security: Security) => void): void;
  /** What an operator should know while everything works: one line each. */
  notices(): readonly string[];
  close(): Promise<void>;
}

export interface FollowOptions {
  readonly as: OwnIdentity;
  readonly log: Log;
  /** how often the files are looked at where the kernel does not tell of changes; default 5,000 */
  readonly pollMs?: number;
}

type TlsSecurity = Extract<Security, { readonly kind: "tls" }>;

export function followSecurity(initial: Security, options: FollowOptions): LiveSecurity {
  return initial.kind === "insecure" ? fixedSecurity(initial) : new Following(initial, options);
}

/** For what never changes: plain text, and tests. */
export function fixedSecurity(current: Security): LiveSecurity {
  return { current, onChange: () => {}, notices: () => [], close: async () => {} };
}

/** Files are written one after the other: what does not fit together yet may in a moment. */
const settleMs = 50;
const patience = 10;

class Following implements LiveSecurity {
  readonly #options: FollowOptions;
  readonly #listeners: ((security: Security) => void)[] = [];
  readonly #closing = new AbortController();
  readonly #watchers: readonly FSWatcher[];
  readonly #running: Promise<void>;
  #current: TlsSecurity;
  #nudge = new AbortController();
  /** of the files that `current` was read from */
  #signature: string | undefined;
  /** why the files that are there now are not used */
  #problem: string | undefined;
  #logged = new Set<string>();

  constructor(initial: TlsSecurity, options: FollowOptions) {
    this.#options = options;
    this.#current = initial;
    this.#watchers = this.#watch(initial.paths);
    this.#running = this.#follow();
  }

  get current(): Security {
    return this.#current;
  }

  onChange(listener: (security: Security) => void): void {
    this.#listeners.push(listener);
  }

  notices(): readonly string[] {
    const problem = this.#problem === undefined ? [] : [this.#problem];
    return [...expiryNotices(this.#current, new Date()), ...problem];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const watcher of this.#watchers) watcher.close();
    await this.#running;
  }

  /** The folders, not the files: a file, or the link it is reached by, is replaced by renaming. */
  #watch(paths: TlsPaths): readonly FSWatcher[] {
    return [...new Set(Object.values(paths).map(dirname))].flatMap((folder) => {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#nudge.abort());
        return [watcher.on("error", () => watcher.close())];
      } catch {
        return []; // out of watches, or a file system without them: looking now and then remains
      }
    });
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const { pollMs = 5000 } = this.#options;
    while (!signal.aborted) {
      this.#nudge = new AbortController();
      await this.#look();
      this.#logNotices();
      const either = AbortSignal.any([signal, this.#nudge.signal]);
      await sleep(pollMs, either).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; attempt < patience && !signal.aborted; attempt += 1) {
      const before = await signatureOf(this.#current.paths);
      if (before === this.#signature) {
        this.#problem = undefined;
        return;
      }
      try {
        const read = await this.#read();
        // Read while they changed: of two generations, perhaps.
        if ((await signatureOf(this.#current.paths)) === before) return this.#adopt(read, before);
      } catch (error) {
        this.#problem = `new certificate files are not used: ${error instanceof Error ? error.message : error}`;
      }
      await sleep(settleMs, signal).catch(() => {});
    }
  }

  async #read(): Promise<TlsSecurity> {
    const { paths } = this.#current;
    const read = await loadSecurity({ tls: paths }, { directory: "/", as: this.#options.as });
    if (read.kind === "insecure") throw new Error("certificates cannot become none");
    return read;
  }

  #adopt(read: TlsSecurity, signature: string): void {
    const before = this.#current;
    this.#signature = signature;
    this.#problem = undefined;
    if ((["ca", "cert", "key"] as const).every((name) => read[name].equals(before[name]))) return;
    this.#current = read;
    this.#logged.clear();
    for (const listener of this.#listeners) listener(read);
    this.#options.log.info("certificates were replaced; new connections use them", {
      cert: read.paths.cert,
      issuer: read.own.issuer,
      notAfter: read.own.notAfter,
    });
  }

  /** Each once: a day's number in it makes it a new one. */
  #logNotices(): void {
    for (const notice of this.notices()) {
      const key = notice.replace(/\(now [^)]*\)/, "");
      if (this.#logged.has(key)) continue;
      this.#logged.add(key);
      this.#options.log.warn(notice);
    }
  }
}

/** Changes whenever a file does, also by way of a link in its path. */
async function signatureOf(paths: TlsPaths): Promise<string> {
  const parts = [paths.ca, paths.cert, paths.key].map(async (path) => {
    try {
      const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
      return `${await realpath(path)} ${dev} ${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      return errnoOf(error) ?? String(error);
    }
  });
  return (await Promise.all(parts)).join("\n");
}
