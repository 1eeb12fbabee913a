/**
 * The pool of VFs: which is free, and the choice among them. Owners are read from the attachment records; the pool
 * itself holds only what no record can say: which free VFs are unfit, and choices still on their way into a record.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../base/log.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { Link, Netns } from "../netlink/kernel.ts";
import { HeldBack } from "./held-back.ts";
import { findAtHome, type Home } from "./home.ts";
import { readSysctls } from "./link-sysctls.ts";
import { parseMark } from "./mark.ts";
import { type PfSetting, readPfSettings } from "./pf-setting.ts";
import { pristineOf, readRest, restore } from "./pristine.ts";
import type { Pristine, Vf } from "./vf.ts";

export interface PoolCounts {
  readonly size: number;
  readonly free: number;
  readonly used: number;
  readonly quarantined: number;
}

/** What the attachment records say about a VF. */
export interface VfOwner {
  readonly state: "used" | "quarantined";
  readonly key: AttachmentKey;
  readonly generation: number;
  /** what is wrong, or what it waits for */
  readonly problem?: string;
}

/** Of every VF exactly one, so that free + used + quarantined is the size of the pool. */
export interface VfState {
  readonly vf: Vf;
  readonly state: "free" | "used" | "quarantined";
  readonly reason?: string;
  readonly owner?: VfOwner;
}

export interface PoolOptions {
  readonly vfs: readonly Vf[];
  /** looks for the VFs again; undefined while they are as before, or cannot be read */
  readonly rediscover?: () => Promise<readonly Vf[] | undefined>;
  /** the VFs that records own, whether or not the card still has them */
  readonly owned?: () => readonly Pick<Vf, "pciAddress" | "pf" | "index">[];
  readonly home: Home;
  readonly ownerOf: (vf: Pick<Vf, "pciAddress" | "pf" | "index">) => VfOwner | undefined;
  /** why a VF without an owner may yet have one; undefined when it has none */
  readonly doubt?: () => string | undefined;
  readonly log: Log;
}

/** How long a free VF may be on its way home; sysfs can lag behind the kernel. */
const settleMs = 1000;
/** so that a card of a thousand free VFs does not hold up the calls of a start */
const preparedAtLeast = 64;
/** in one turn of the process */
const looksAtOnce = 32;

export class VfPool {
  readonly heldBack: HeldBack;
  readonly #options: PoolOptions;
  /** least recently used first */
  #order: readonly Vf[];
  #byAddress: ReadonlyMap<string, Vf>;
  readonly #reserved = new Set<string>();
  /** of free VFs, what takes long to ask: so that no ADD has to */
  readonly #rest = new Map<string, Awaited<ReturnType<typeof readRest>>>();
  /** what their PFs had set for free VFs at the last look */
  readonly #pfSettings = new Map<string, PfSetting>();
  /** free VFs that cannot be leased now, and why */
  readonly #unfit = new Map<string, string>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.heldBack = new HeldBack(options.log);
    this.#order = options.vfs;
    this.#byAddress = new Map(options.vfs.map((vf) => [vf.pciAddress, vf]));
  }

  all(): readonly Vf[] {
    return this.#order;
  }

  find(pciAddress: string): Vf | undefined {
    return this.#byAddress.get(pciAddress);
  }

  counts(): PoolCounts {
    const states = this.states();
    const count = (state: string) => states.filter((each) => each.state === state).length;
    return {
      size: states.length,
      free: count("free"),
      used: count("used"),
      quarantined: count("quarantined"),
    };
  }

  /** Owned VFs that the card no longer has are in it too, quarantined, until their attachment is released. */
  states(): readonly VfState[] {
    const lost = (this.#options.owned?.() ?? []).filter(
      ({ pciAddress }) => this.find(pciAddress) === undefined,
    );
    return [
      ...this.#order.map((vf) => this.#stateOf(vf)),
      ...lost.map((vf): VfState => {
        const owner = this.#options.ownerOf(vf);
        const reason = "the card has no such VF any more";
        const { pciAddress, pf, index } = vf;
        return {
          vf: { pfPciAddress: "", pciAddress, pf, index },
          ...{ state: "quarantined", reason },
          ...(owner === undefined ? {} : { owner }),
        };
      }),
    ];
  }

  /** Takes up VFs that were created, and lets go of those that were destroyed. */
  async refresh(): Promise<void> {
    const found = await this.#options.rediscover?.();
    if (found === undefined) return;
    const { log } = this.#options;
    const byAddress = new Map(found.map((vf) => [vf.pciAddress, vf]));
    const kept = this.#order.flatMap(({ pciAddress }) => byAddress.get(pciAddress) ?? []);
    const created = found.filter(({ pciAddress }) => this.find(pciAddress) === undefined);
    const gone = this.#order.filter(({ pciAddress }) => !byAddress.has(pciAddress));
    for (const { pciAddress } of gone) {
      this.#unfit.delete(pciAddress);
      this.heldBack.forget(pciAddress);
      this.#rest.delete(pciAddress);
      this.#pfSettings.delete(pciAddress);
    }
    this.#order = [...kept, ...created];
    this.#byAddress = byAddress;
    await this.#askPfs(created);
    if (created.length + gone.length === 0) return;
    const names = (vfs: readonly Vf[]) => vfs.map(({ pciAddress }) => pciAddress);
    log.warn("the card's VFs have changed", { created: names(created), gone: names(gone) });
  }

  /** Chooses a VF (the asked one, else the least recently used) and holds it while `record` writes down its owner. */
  async lease<T>(
    deviceId: string | undefined,
    record: (vf: Vf, pristine: Pristine) => Promise<T>,
  ): Promise<T> {
    const chosen = deviceId === undefined ? await this.#choose() : await this.#take(deviceId);
    try {
      return await record(chosen.vf, chosen.pristine);
    } finally {
      this.#reserved.delete(chosen.vf.pciAddress);
    }
  }

  /** Looks at every free VF: unfit ones leave the free, and come back when they are fit again. */
  async sweep(): Promise<void> {
    await this.refresh();
    const free = this.#order.filter(({ pciAddress }) => !this.#isOwned(pciAddress));
    await this.#askPfs(free);
    const looks: Promise<void>[] = [];
    for (const [i, { pciAddress }] of free.entries()) {
      looks.push(this.#look(pciAddress));
      if (i % looksAtOnce === looksAtOnce - 1) await nextTurn();
    }
    await Promise.all(looks);
  }

  /** Asks of the VFs that are leased next what takes long to ask, so that no ADD has to. */
  async prepare(): Promise<void> {
    const { home } = this.#options;
    const next = this.#order.filter(({ pciAddress }) => !this.#isOwned(pciAddress));
    const unread = next
      .slice(0, preparedAtLeast)
      .filter(({ pciAddress }) => !this.#rest.has(pciAddress) && !this.#unfit.has(pciAddress));
    if (unread.length === 0) return;
    const defaults = await readSysctls(home.netns, "default");
    for (const { pciAddress } of unread) {
      const found = await findAtHome(home, pciAddress, 0);
      if (typeof found !== "string") await this.#prepare(pciAddress, found.name, defaults);
      await nextTurn();
    }
  }

  /** Free VFs that nobody leases until `unhold`. */
  hold(isWanted: (vf: Vf) => boolean): readonly Vf[] {
    const free = this.#order.filter(({ pciAddress }) => !this.#isOwned(pciAddress));
    const held = free.filter((vf) => !this.#unfit.has(vf.pciAddress) && isWanted(vf));
    for (const { pciAddress } of held) this.heldBack.hold(pciAddress);
    return held;
  }

  unhold(vfs: readonly Vf[]): void {
    for (const { pciAddress } of vfs) this.heldBack.release(pciAddress);
  }

  /** An owned VF is as `pristine` says again: whoever leases it next need not ask the kernel what it is. */
  restored(pciAddress: string, { features, sysctls, pf }: Pristine): void {
    if (pf !== undefined) this.#pfSettings.set(pciAddress, pf);
    if (features === undefined || sysctls === undefined) return;
    this.#rest.set(pciAddress, { features, sysctls });
  }

  /** Does not reserve the VF, so that no ADD misses one that is merely being looked at. */
  async #look(pciAddress: string): Promise<void> {
    const { home } = this.#options;
    const withinMs = this.#unfit.has(pciAddress) ? 0 : settleMs;
    const found = await findAtHome(home, pciAddress, withinMs);
    // An ADD may have taken it meanwhile.
    if (this.#isOwned(pciAddress)) return;
    if (typeof found === "string" || parseMark(found.alias) === undefined) {
      this.#note(pciAddress, typeof found === "string" ? found : undefined);
      return;
    }
    this.#reserved.add(pciAddress);
    try {
      const restored = await this.#unmark(home.netns, pciAddress, found);
      this.#note(pciAddress, typeof restored === "string" ? restored : undefined);
    } finally {
      this.#reserved.delete(pciAddress);
    }
  }

  /** Whoever administers the card may set them anew at any time while a VF is free: what they are then is pristine. */
  async #askPfs(free: readonly Vf[]): Promise<void> {
    const { home, log } = this.#options;
    for (const pf of new Set(free.map(({ pfPciAddress }) => pfPciAddress))) {
      const settings = await readPfSettings(home, pf).catch((error) => {
        log.debug("a PF does not say what it has set for its VFs", { pf, error });
        return new Map<number, PfSetting>();
      });
      for (const { pciAddress, index } of free.filter(({ pfPciAddress }) => pfPciAddress === pf)) {
        const setting = settings.get(index);
        // One that was leased meanwhile may have been changed by its user.
        if (this.#isOwned(pciAddress)) continue;
        if (setting === undefined) this.#pfSettings.delete(pciAddress);
        else this.#pfSettings.set(pciAddress, setting);
      }
    }
  }

  async #prepare(
    pciAddress: string,
    name: string,
    defaults: Readonly<Record<string, string>>,
  ): Promise<void> {
    try {
      const rest = await readRest(this.#options.home.netns, name, defaults);
      if (!this.#isOwned(pciAddress)) this.#rest.set(pciAddress, rest);
    } catch {
      // It is leaving: whoever leases it asks again.
    }
  }

  async #choose(): Promise<Chosen> {
    // Known unfit ones last: they may have come home since the last sweep.
    const isUnfit = (vf: Vf) => this.#unfit.has(vf.pciAddress);
    const fit = this.#order.filter((vf) => !isUnfit(vf));
    for (const vf of [...fit, ...this.#order.filter(isUnfit)]) {
      if (this.#isOwned(vf.pciAddress) || this.heldBack.reason(vf.pciAddress)) continue;
      const chosen = await this.#reserve(vf);
      if (typeof chosen !== "string") return chosen;
    }
    const { size, used, quarantined } = this.counts();
    throw new CniError(
      cniCodes.vfsExhausted,
      `Cannot lease a VF: none of ${size} is free (${used} used, ${quarantined} quarantined)`,
      { details: this.#unfitAdvice() },
    );
  }

  async #take(pciAddress: string): Promise<Chosen> {
    if (this.find(pciAddress) === undefined) await this.refresh();
    const vf = this.find(pciAddress);
    if (vf === undefined) {
      throw unavailable(pciAddress, "it is not a VF of the configured PFs");
    }
    const owner = this.#options.ownerOf(vf);
    if (owner !== undefined) {
      const busy = owner.state === "used" ? "belongs to" : "is quarantined for";
      throw unavailable(pciAddress, `it ${busy} attachment "${keyText(owner.key)}"`);
    }
    const condemned = this.heldBack.reason(pciAddress);
    if (condemned !== undefined) throw unavailable(pciAddress, condemned);
    if (this.heldBack.isHeld(pciAddress)) {
      throw unavailable(pciAddress, "its pairing with a representor is being proven");
    }
    if (this.#reserved.has(pciAddress)) {
      throw unavailable(pciAddress, "another ADD is taking it");
    }
    const chosen = await this.#reserve(vf);
    if (typeof chosen === "string") throw unavailable(pciAddress, chosen);
    return chosen;
  }

  async #reserve(vf: Vf): Promise<Chosen | string> {
    const { pciAddress } = vf;
    const { home } = this.#options;
    const known = this.#unfit.has(pciAddress);
    this.#reserved.add(pciAddress);
    let link: Link | string = "it could not be examined";
    try {
      link = await this.#examine(pciAddress, known ? 0 : settleMs);
    } finally {
      if (typeof link === "string") this.#reserved.delete(pciAddress);
    }
    if (typeof link === "string") return link;
    this.#order = [...this.#order.filter((each) => each !== vf), vf];
    try {
      const rest = this.#rest.get(pciAddress) ?? (await readRest(home.netns, link.name));
      this.#rest.delete(pciAddress);
      const pf = this.#pfSettings.get(pciAddress);
      return { vf, pristine: { ...pristineOf(link), ...rest, ...(pf && { pf }) } };
    } catch (error) {
      this.#reserved.delete(pciAddress);
      throw error;
    }
  }

  /** Its link at home when the reserved VF can be leased; else why not. */
  async #examine(pciAddress: string, withinMs: number): Promise<Link | string> {
    const { home } = this.#options;
    const found = await findAtHome(home, pciAddress, withinMs);
    const link =
      typeof found === "string" ? found : await this.#unmark(home.netns, pciAddress, found);
    this.#note(pciAddress, typeof link === "string" ? link : undefined);
    return link;
  }

  /** A free VF that still carries a mark came home after its record was lost; the mark says what it was. */
  async #unmark(netns: Netns, vf: string, link: Link): Promise<Link | string> {
    const mark = parseMark(link.alias);
    if (mark === undefined) return link;
    this.#options.log.warn("vf came home without a record; restoring it", { vf, mark: link.alias });
    const difference = await restore(netns, link.name, mark.pristine);
    return difference ?? (await netns.link(mark.pristine.name)) ?? "it went away";
  }

  #note(pciAddress: string, reason: string | undefined): void {
    const { log } = this.#options;
    if (reason === this.#unfit.get(pciAddress)) return;
    if (reason === undefined) {
      this.#unfit.delete(pciAddress);
      log.info("vf is fit again", { vf: pciAddress });
    } else {
      this.#unfit.set(pciAddress, reason);
      log.warn("vf is quarantined", { vf: pciAddress, reason });
    }
  }

  #isOwned(pciAddress: string): boolean {
    if (this.#reserved.has(pciAddress) || this.heldBack.isHeld(pciAddress)) return true;
    const vf = this.find(pciAddress);
    return vf !== undefined && this.#options.ownerOf(vf) !== undefined;
  }

  #stateOf(vf: Vf): VfState {
    const { pciAddress } = vf;
    const owner = this.#options.ownerOf(vf);
    if (owner !== undefined) {
      const { state, problem } = owner;
      return { vf, state, owner, ...(problem === undefined ? {} : { reason: problem }) };
    }
    const unfit = this.heldBack.reason(pciAddress) ?? this.#unfit.get(pciAddress);
    if (unfit !== undefined) return { vf, state: "quarantined", reason: unfit };
    if (!this.#reserved.has(pciAddress)) {
      const doubt = this.#options.doubt?.();
      return doubt === undefined
        ? { vf, state: "free" }
        : { vf, state: "quarantined", reason: doubt };
    }
    return { vf, state: "used", reason: "it is being leased or restored" };
  }

  #unfitAdvice(): string {
    const [first = this.heldBack.first()] = this.#unfit;
    if (first === undefined) return "Delete a pod of this node, or create more VFs on the card";
    return `VF ${first[0]} is quarantined: ${first[1]}; the daemon's log names the others`;
  }
}

interface Chosen {
  readonly vf: Vf;
  readonly pristine: Pristine;
}

function unavailable(pciAddress: string, state: string): CniError {
  return new CniError(cniCodes.vfUnavailable, `Cannot lease VF "${pciAddress}": ${state}`);
}
