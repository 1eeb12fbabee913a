/**
 * The ports of this DPU: who owns which VF, with which generation, on disk before in the kernel.
 *
 * Locking: everything that touches one port runs under the lock of its key; the table of VFs is changed without a
 * pause between look and change.
 */
import { KeyedLock } from "../base/lock.ts";
import type { Log } from "../base/log.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { Damaged, Store } from "../store/store.ts";
import type { NewPort } from "../wire/agent.ts";
import {
  AddressTaken,
  CheckFailure,
  type Dataplane,
  type PortAddress,
  type PortSetting,
} from "./dataplane.ts";
import type { FormerRepresentors } from "./former-representors.ts";
import { addError, cannotAdd, oneLine } from "./port-error.ts";
import { noSetting, type PortRecord } from "./port-record.ts";
import { representorName, type VfId } from "./representors.ts";

export interface PortsOptions {
  readonly store: Store<PortRecord>;
  readonly dataplane: Dataplane;
  /** pattern with {pf} and {vf} */
  readonly representor: string;
  /** undefined: representors are left as dataplanes leave them */
  readonly formers?: FormerRepresentors;
  readonly log: Log;
}

interface Live {
  readonly record: PortRecord;
  /** why the port does not forward although it should; mended by `mend` */
  readonly broken?: string;
  /** being removed: what goes away now is meant to */
  readonly leaving?: true;
}

/** Deleted generations remembered, so that a request overtaken by its own delete makes no port. */
const rememberedDeletes = 4096;

export class Ports {
  readonly #options: PortsOptions;
  readonly #lock = new KeyedLock();
  readonly #live = new Map<string, Live>();
  /** `pf/index` to the text of its owner's key */
  readonly #owners = new Map<string, string>();
  readonly #deleted = new Map<string, number>();
  #damaged: readonly Damaged[] = [];

  constructor(options: PortsOptions) {
    this.#options = options;
  }

  /** Brings back every recorded port with its own addresses; once, before any request. */
  async restore(): Promise<{ readonly damaged: readonly Damaged[] }> {
    const { records, damaged } = await this.#options.store.load();
    this.#damaged = damaged;
    // All before any is attached: an address must be known as taken before another port asks for one.
    const entered = [...records.values()].filter((record) => this.#entered(record));
    for (const record of entered) if (record.phase === "ready") await this.#reattach(record);
    for (const record of entered) {
      // The host was never answered; it will ask again, or delete.
      if (record.phase === "adding")
        await this.#remove(record).catch((error) => this.#warn(record, error));
    }
    for (const record of entered) await this.#supersede(record);
    return { damaged };
  }

  usesRepresentor(name: string): boolean {
    return this.#readyOn(name) !== undefined;
  }

  /** Some port is on it, made or half made. */
  occupies(representor: string): boolean {
    return [...this.#live.values()].some(({ record }) => record.representor === representor);
  }

  /** The port on this representor no longer forwards, for this reason; `mend` brings it back. */
  suspect(representor: string, reason: string): void {
    const live = this.#readyOn(representor);
    if (live === undefined) return;
    this.#warn(live.record, reason);
    this.#live.set(keyText(live.record.key), { ...live, broken: reason });
  }

  /** Tries again what could not be brought back. Cheap when nothing is broken. */
  async mend(): Promise<void> {
    for (const [text, { broken }] of this.#live) {
      if (broken === undefined) continue;
      await this.#lock.run(text, async () => {
        const live = this.#live.get(text);
        if (live?.broken !== undefined) await this.#reattach(live.record);
      });
    }
  }

  add(port: NewPort, signal: AbortSignal): Promise<PortSetting> {
    const text = keyText(port.key);
    return this.#lock.run(text, () => this.#add(port, text, signal), signal);
  }

  /** True when a port of this or an older generation was there and is gone. */
  delete(key: AttachmentKey, generation: number): Promise<boolean> {
    const text = keyText(key);
    return this.#lock.run(text, async () => {
      this.#remember(text, generation);
      const live = this.#live.get(text);
      if (live !== undefined && live.record.generation > generation) return false;
      if (live !== undefined) await this.#remove(live.record);
      await this.#forgetDamaged(text);
      return live !== undefined;
    });
  }

  /** Rejects with code 106 naming the first difference. */
  check(key: AttachmentKey, generation: number): Promise<void> {
    const text = keyText(key);
    return this.#lock.run(text, async () => {
      const live = this.#live.get(text);
      const difference = await this.#difference(live, generation);
      if (difference === undefined) return;
      throw new CniError(cniCodes.checkFailed, `Cannot confirm port "${text}": ${difference}`);
    });
  }

  /** Of ports and of deletes; 0 for none. */
  get newestGeneration(): number {
    const live = [...this.#live.values()].map(({ record }) => record.generation);
    return [...live, ...this.#deleted.values()].reduce((a, b) => Math.max(a, b), 0);
  }

  list(): readonly PortRecord[] {
    return [...this.#live.values()].map(({ record }) => record);
  }

  /** Each port with what is wrong with it. */
  states(): readonly { readonly record: PortRecord; readonly problem: string | undefined }[] {
    return [...this.#live.values()].map(({ record, broken }) => ({ record, problem: broken }));
  }

  /** Frames of each port that the guard has dropped, by the text of its key. */
  async dropped(): Promise<ReadonlyMap<string, number>> {
    const ready = this.list().filter(({ phase }) => phase === "ready");
    const ports = ready.map(({ key, representor, setting }) => {
      return { key: keyText(key), representor, setting };
    });
    return (await this.#options.dataplane.dropped?.(ports)) ?? new Map();
  }

  /** Record files that could not be read at the start. */
  damaged(): readonly Damaged[] {
    return this.#damaged;
  }

  async #add(port: NewPort, text: string, signal: AbortSignal): Promise<PortSetting> {
    signal.throwIfAborted();
    const known = this.#live.get(text);
    this.#refuseStale(text, port.generation, known?.record.generation);
    if (known?.record.generation === port.generation && known.record.phase === "ready") {
      this.#refuseOtherVf(text, known.record, port.vf);
      if (known.broken !== undefined) await this.#reattach(known.record);
      const { record, broken } = this.#live.get(text) ?? known;
      if (broken !== undefined) throw cannotAdd(text, cniCodes.tryAgainLater, broken);
      return record.setting;
    }
    if (known !== undefined) await this.#remove(known.record);
    const representor = representorName(this.#options.representor, port.vf);
    const { key, generation, vf, pod, networkConfig } = port;
    const record: PortRecord = {
      ...{ format: 1, phase: "adding", key, generation, vf, pod, representor, networkConfig },
      ...{ setting: noSetting, since: new Date().toISOString() },
    };
    this.#enter(record);
    if (port.addresses !== undefined) return this.#remake(record, port.addresses);
    try {
      return await this.#make(await this.#withFormer(record), text, signal);
    } catch (error) {
      await this.#remove(record).catch((undoing) => this.#warn(record, undoing));
      throw addError(text, error);
    }
  }

  async #make(record: PortRecord, text: string, signal: AbortSignal): Promise<PortSetting> {
    const { store, dataplane } = this.#options;
    await store.put(text, record);
    const { representor, networkConfig, vf, pod } = record;
    const request = { key: text, representor, mac: vf.mac, networkConfig, pod };
    const setting = await dataplane.attach(request, signal);
    const ready: PortRecord = { ...record, phase: "ready", setting };
    this.#live.set(text, { record: ready });
    await store.put(text, ready);
    await this.#supersede(ready);
    // The host has given up: it deletes what it does not know to exist, but sooner is better.
    signal.throwIfAborted();
    return setting;
  }

  /** A port that this agent lost and whose pod lives: with exactly its addresses, and they stay its own when it cannot
   *  be made now, since the pod sends from them. */
  async #remake(record: PortRecord, addresses: readonly PortAddress[]): Promise<PortSetting> {
    const text = keyText(record.key);
    const lost: PortRecord = {
      ...(await this.#withFormer(record)),
      phase: "ready",
      setting: { ...noSetting, addresses, mac: record.vf.mac },
    };
    let failure: unknown;
    try {
      await this.#options.store.put(text, lost);
      failure = await this.#reattach(lost);
    } catch (error) {
      failure = error;
    }
    const made = this.#live.get(text)?.record;
    if (failure === undefined && made !== undefined) {
      await this.#supersede(made);
      return made.setting;
    }
    if (!(failure instanceof AddressTaken)) throw addError(text, failure);
    // Removed as a port without addresses: those it asked for are another's.
    this.#live.set(text, { record });
    await this.#remove(record).catch((undoing) => this.#warn(record, undoing));
    throw cannotAdd(text, cniCodes.dpuRefused, failure.message);
  }

  async #withFormer(record: PortRecord): Promise<PortRecord> {
    // One that cannot be read is not there, as the dataplane will say, or is left as it is.
    const former = await this.#options.formers?.read(record.representor).catch(() => undefined);
    if (former === undefined) return record;
    const known = { ...record, former };
    this.#live.set(keyText(record.key), { record: known });
    return known;
  }

  /** Idempotent; the record goes last, so that a failure half-way is tried again. */
  async #remove(record: PortRecord): Promise<void> {
    const { store, dataplane, formers } = this.#options;
    const text = keyText(record.key);
    const { representor } = record;
    const live = this.#live.get(text) ?? { record };
    this.#live.set(text, { ...live, leaving: true });
    const { setting } = live.record;
    try {
      await dataplane.detach({ key: text, representor, setting });
      const { former } = live.record;
      if (former !== undefined) await formers?.giveBack(representor, former);
      await store.delete(text);
    } catch (cause) {
      const message = `Cannot delete port "${text}" on the DPU: ${oneLine(cause)}`;
      throw new CniError(cniCodes.tryAgainLater, message, { cause });
    }
    this.#live.delete(text);
    this.#owners.delete(vfText(record.vf));
  }

  /** The attachment has a record again, which tells all that the unreadable one could have. */
  async #supersede({ key, phase }: PortRecord): Promise<void> {
    if (phase !== "ready") return;
    await this.#forgetDamaged(keyText(key)).catch((error) => {
      this.#options.log.warn("a damaged port record could not be forgotten", { error });
    });
  }

  /** The host has given the attachment up, or made it anew: a record that could not be read tells nothing any more. */
  async #forgetDamaged(text: string): Promise<void> {
    if (!this.#damaged.some(({ key }) => key === text)) return;
    await this.#options.store.forgetDamaged(text);
    this.#damaged = this.#damaged.filter(({ key }) => key !== text);
    if (this.#damaged.length === 0) await this.#options.dataplane.disown?.();
  }

  /** Never throws: gives what went wrong, which `mend` tries again. */
  async #reattach(record: PortRecord): Promise<unknown> {
    const { store, dataplane } = this.#options;
    const { key, representor, networkConfig, setting } = record;
    const text = keyText(key);
    const request = {
      ...{ key: text, representor, networkConfig },
      ...{ mac: setting.mac, addresses: setting.addresses },
    };
    try {
      const made = await dataplane.attach(request, AbortSignal.timeout(10_000));
      refuseOthers(setting.addresses, made.addresses);
      // What a port that was lost and came back lacks is known only now.
      const whole = setting.mtu === 0 ? { ...record, setting: made } : record;
      if (whole !== record) await store.put(text, whole);
      this.#live.set(text, { record: whole });
      return undefined;
    } catch (error) {
      const broken = oneLine(error);
      if (this.#live.get(text)?.broken !== broken) this.#warn(record, error);
      this.#live.set(text, { record, broken });
      return error;
    }
  }

  async #difference(live: Live | undefined, generation: number): Promise<string | undefined> {
    if (live === undefined) return "the DPU has no such port";
    const { record, broken } = live;
    if (record.generation !== generation) {
      return `the DPU has generation ${record.generation} of it, not ${generation}`;
    }
    if (record.phase !== "ready") return "it was never completed";
    if (broken !== undefined) return broken;
    const { representor, setting } = record;
    try {
      await this.#options.dataplane.check({ key: keyText(record.key), representor, setting });
      return undefined;
    } catch (error) {
      if (error instanceof CheckFailure) return error.message;
      throw error;
    }
  }

  #readyOn(representor: string): Live | undefined {
    return [...this.#live.values()].find(
      ({ record, leaving }) =>
        record.phase === "ready" && leaving === undefined && record.representor === representor,
    );
  }

  #enter(record: PortRecord): void {
    const text = keyText(record.key);
    const owner = this.#owners.get(vfText(record.vf));
    if (owner !== undefined && owner !== text) {
      const generation = this.#live.get(owner)?.record.generation ?? 0;
      const state = `VF ${vfText(record.vf)} belongs to port "${owner}" (generation ${generation})`;
      throw cannotAdd(text, cniCodes.vfUnavailable, state);
    }
    this.#owners.set(vfText(record.vf), text);
    this.#live.set(text, { record });
  }

  /** Two records of one VF are the work of somebody else's hands: the second one's file stays, unused. */
  #entered(record: PortRecord): boolean {
    try {
      this.#enter(record);
      return true;
    } catch (error) {
      this.#options.log.error("port record not used", { attachment: keyText(record.key), error });
      return false;
    }
  }

  #refuseStale(text: string, generation: number, known: number | undefined): void {
    if (known !== undefined && known > generation) {
      const state = `generation ${generation} is older than the port's, ${known}`;
      throw cannotAdd(text, cniCodes.dpuRefused, state);
    }
    const deleted = this.#deleted.get(text);
    if (deleted !== undefined && deleted >= generation) {
      throw cannotAdd(text, cniCodes.dpuRefused, `generation ${generation} was deleted already`);
    }
  }

  #refuseOtherVf(text: string, record: PortRecord, vf: VfId): void {
    if (vfText(record.vf) === vfText(vf)) return;
    const state = `generation ${record.generation} has VF ${vfText(record.vf)}, asked with VF ${vfText(vf)}`;
    throw cannotAdd(text, cniCodes.dpuRefused, state);
  }

  #remember(text: string, generation: number): void {
    const before = this.#deleted.get(text) ?? 0;
    this.#deleted.delete(text);
    this.#deleted.set(text, Math.max(before, generation));
    const oldest = this.#deleted.keys().next().value;
    if (this.#deleted.size > rememberedDeletes && oldest !== undefined)
      this.#deleted.delete(oldest);
  }

  #warn(record: PortRecord, error: unknown): void {
    this.#options.log.warn("port is not as recorded, trying again", {
      attachment: keyText(record.key),
      error,
    });
  }
}

/** A dataplane may not keep its promise: a pod that has other addresses than its port is cut off. */
function refuseOthers(asked: readonly PortAddress[], given: readonly PortAddress[]): void {
  const text = (addresses: readonly PortAddress[]) =>
    addresses
      .map(({ address }) => address)
      .sort()
      .join(" ");
  if (text(asked) === text(given)) return;
  throw new Error(`the pod has ${text(asked)}, the dataplane gave ${text(given)}`);
}

function vfText({ pf, index }: VfId): string {
  return `${pf}/${index}`;
}
