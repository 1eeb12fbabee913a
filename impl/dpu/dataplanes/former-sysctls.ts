/** Sysctls of the DPU that a dataplane changes, with what they were before, kept on disk until they are given back. */
import type { Netns } from "../../netlink/kernel.ts";
import type { Store } from "../../store/store.ts";

export interface FormerSysctl {
  /** before the first change */
  readonly was: string;
  /** what it was changed to */
  readonly now: string;
}

export class FormerSysctls {
  readonly #netns: Netns;
  readonly #store: Store<FormerSysctl>;
  #known: Map<string, FormerSysctl> | undefined;

  constructor(netns: Netns, store: Store<FormerSysctl>) {
    this.#netns = netns;
    this.#store = store;
  }

  /** The former value is on disk before the sysctl changes, and the first one kept stays. */
  async set(name: string, was: string, now: string): Promise<void> {
    if (was === now) return;
    const known = await this.#load();
    const former = { was: known.get(name)?.was ?? was, now };
    known.set(name, former);
    await this.#store.put(name, former);
    await this.#netns.sysctlSet(name, now);
  }

  /** Newest first. One that somebody else has changed since is left alone. */
  async restore(): Promise<void> {
    const known = await this.#load();
    for (const [name, { was, now }] of [...known].reverse()) {
      if ((await this.#netns.sysctl(name)) === now) await this.#netns.sysctlSet(name, was);
      await this.#store.delete(name);
      known.delete(name);
    }
  }

  async #load(): Promise<Map<string, FormerSysctl>> {
    this.#known ??= new Map((await this.#store.load()).records);
    return this.#known;
  }
}

export function parseFormerSysctl(value: unknown): FormerSysctl {
  if (typeof value === "object" && value !== null && "was" in value && "now" in value) {
    const { was, now } = value;
    if (typeof was === "string" && typeof now === "string") return { was, now };
  }
  throw new Error("expected the former value of a sysctl");
}
