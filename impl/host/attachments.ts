/** All attachments of this node: in memory to be asked, on disk to survive. */
import { pause } from "../base/pause.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { Damaged, Store } from "../store/store.ts";
import type { VfOwner } from "../vf/pool.ts";
import type { ListedPort } from "../wire/agent.ts";
import type { Attachment } from "./attachment.ts";
import type { Generations } from "./generations.ts";

/** `vf`: its VF is not in the pod; `port`: the DPU does not serve it; `release`: what a release waits for */
type Aspect = "vf" | "port" | "release";

export class Attachments {
  readonly #store: Store<Attachment>;
  readonly #generations: Generations;
  readonly #records: Map<string, Attachment>;
  /** by PCI address, the keys of those that have, or had, the VF */
  readonly #byVf = new Map<string, Set<string>>();
  /** phases that a crash would leave */
  readonly #durable: Map<string, Attachment["phase"]>;
  /** what is wrong with an attachment, by key and aspect: found anew by whoever looks after a restart */
  readonly #problems = new Map<string, Map<Aspect, string>>();
  #damaged: readonly Damaged[];
  /** undefined until the DPU has said which ports it has */
  #strays: readonly ListedPort[] | undefined;

  private constructor(
    store: Store<Attachment>,
    generations: Generations,
    {
      found,
      damaged,
    }: { readonly found: readonly Attachment[]; readonly damaged: readonly Damaged[] },
  ) {
    this.#store = store;
    this.#generations = generations;
    this.#damaged = damaged;
    this.#records = new Map();
    for (const record of found) this.#remember(record);
    this.#durable = new Map(found.map((record) => [keyText(record.key), record.phase]));
    for (const { generation } of found) generations.outgrow(generation);
  }

  static async open(store: Store<Attachment>, generations: Generations): Promise<Attachments> {
    const { records, damaged } = await store.load();
    return new Attachments(store, generations, { found: [...records.values()], damaged });
  }

  /** Record files that could not be read and may stand for attachments that live. */
  damaged(): readonly Damaged[] {
    return this.#damaged;
  }

  /** Whether a damaged file may have been this attachment's record: then what the DPU or a VF says of it counts. */
  mayBeLost(key: AttachmentKey): boolean {
    if (this.get(key) !== undefined) return false;
    return this.#damaged.some((file) => file.key === undefined || file.key === keyText(key));
  }

  /** The attachment is gone on all sides: its damaged files tell nothing any more. */
  async forgetDamaged(key: AttachmentKey): Promise<void> {
    const text = keyText(key);
    if (!this.#damaged.some((file) => file.key === text)) return;
    await this.#store.forgetDamaged(text);
    this.#damaged = this.#damaged.filter((file) => file.key !== text);
  }

  /** Ports of the DPU without a record, as the last comparison found them. */
  noteStrays(strays: readonly ListedPort[]): void {
    this.#strays = strays;
  }

  /** The DPU has nothing of this or an older generation any more. */
  noteGone(key: AttachmentKey, generation: number): void {
    this.#strays = this.#strays?.filter(
      (port) => keyText(port.key) !== keyText(key) || port.generation > generation,
    );
  }

  /** The attachment without a record whose port is on a VF: until that is off the DPU nobody else gets the VF. */
  lostOwnerOf(vf: { readonly pf: number; readonly index: number }): VfOwner | undefined {
    const stray = this.#strays?.find((port) => port.vf?.pf === vf.pf && port.vf.index === vf.index);
    if (stray === undefined || this.get(stray.key) !== undefined) return undefined;
    const { key, generation } = stray;
    const problem = this.mayBeLost(key)
      ? "its record is damaged, and the DPU has a port on it; only its DEL or a GC ends that"
      : "the DPU has a port on it that is nobody's and is not deleted yet";
    return { key, generation, state: "quarantined", problem };
  }

  /** Why a VF that no record owns may yet be somebody's. */
  doubt(): string | undefined {
    if (this.#strays !== undefined) return undefined;
    return "the DPU has not said yet whether it has a port on it";
  }

  problem(key: AttachmentKey, aspect?: Aspect): string | undefined {
    const known = this.#problems.get(keyText(key));
    if (aspect !== undefined) return known?.get(aspect);
    return known === undefined || known.size === 0 ? undefined : [...known.values()].join("; ");
  }

  /** True when that is news. */
  noteProblem(key: AttachmentKey, aspect: Aspect, problem: string | undefined): boolean {
    const known = this.#problems.get(keyText(key)) ?? new Map<Aspect, string>();
    if (known.get(aspect) === problem) return false;
    if (problem === undefined) known.delete(aspect);
    else known.set(aspect, problem);
    if (this.get(key) !== undefined) this.#problems.set(keyText(key), known);
    return true;
  }

  all(): readonly Attachment[] {
    return [...this.#records.values()];
  }

  get(key: AttachmentKey): Attachment | undefined {
    return this.#records.get(keyText(key));
  }

  /** VFs that records own. */
  vfs(): readonly Attachment["vf"][] {
    return [...this.#records.values()].map(({ vf }) => vf);
  }

  /** Who has a VF, as the pool sees it: quarantined unless the attachment is, or becomes, as it should be. */
  ownerOf(pciAddress: string): VfOwner | undefined {
    const keys = this.#byVf.get(pciAddress) ?? new Set<string>();
    for (const text of keys) {
      const record = this.#records.get(text);
      if (record === undefined) {
        keys.delete(text);
        continue;
      }
      const { vf, key, phase, generation } = record;
      if (vf.pciAddress !== pciAddress) continue;
      const problem = this.problem(key);
      if (problem === undefined && (phase === "adding" || phase === "ready")) {
        return { key, generation, state: "used" };
      }
      const waits =
        phase === "tombstone" ? "the DPU has not confirmed its release" : "its release has begun";
      return { key, generation, state: "quarantined", problem: problem ?? waits };
    }
    return undefined;
  }

  /** Larger than every one before, also than those of records deleted before a restart. */
  nextGeneration(): number {
    return this.#generations.next();
  }

  /** The DPU remembers this one: the next is larger, whatever we have lost. */
  outgrow(generation: number): void {
    this.#generations.outgrow(generation);
  }

  /** No file is written any more that nobody asked for. */
  close(): Promise<void> {
    return this.#generations.close();
  }

  /** In memory at once, on disk when it resolves. When it rejects (StoreError), both are as before. */
  async put(record: Attachment): Promise<void> {
    const key = keyText(record.key);
    const before = this.#records.get(key);
    this.#remember(record);
    try {
      await this.#store.put(key, record);
      this.#durable.set(key, record.phase);
    } catch (error) {
      if (before === undefined) {
        this.#records.delete(key);
        // The write may have failed after the file got its name.
        await this.#store.delete(key).catch(() => {});
      } else this.#remember(before);
      throw error;
    }
  }

  /** In memory only: for work that must go on though the disk refuses to know of it. */
  note(record: Attachment): void {
    this.#remember(record);
  }

  #remember(record: Attachment): void {
    const key = keyText(record.key);
    this.#records.set(key, record);
    const { pciAddress } = record.vf;
    const keys = this.#byVf.get(pciAddress) ?? new Set();
    this.#byVf.set(pciAddress, keys.add(key));
  }

  /** Whether the next start would release the attachment, were the daemon to crash now. */
  isReleaseDurable(key: AttachmentKey): boolean {
    const phase = this.#durable.get(keyText(key));
    return phase !== undefined && phase !== "ready";
  }

  /** The last step of DEL: when it rejects (StoreError), the record stays. */
  async delete(record: Attachment): Promise<void> {
    const key = keyText(record.key);
    await this.#store.delete(key);
    await pause?.("del-record-deleted", key);
    this.#durable.delete(key);
    this.#records.delete(key);
    this.#problems.delete(key);
  }
}
