/**
 * The card that is not there: veth pairs between a host's and a DPU's namespace, and a sysfs tree kept in step with
 * them. As long as it is plugged in it keeps the promise of a real VF: its netdev never disappears. When a pod's
 * namespace takes the veth with it, the VF comes home: same name, same MACs, pristine.
 */
import { KeyedLock } from "../../impl/base/lock.ts";
import { createLog, type Log } from "../../impl/base/log.ts";
import { sleep } from "../../impl/base/time.ts";
import type { Netns } from "../../impl/netlink/kernel.ts";
import { NetlinkError } from "../../impl/netlink/netlink-error.ts";
import type { Card, CardVf } from "../core/backend.ts";
import type { VfChange } from "../core/node-faults.ts";
import { cardLayout, macOf, maxVfs, pfAddress, pfNetdev, pfRepresentor } from "./card-layout.ts";
import { PfTable } from "./pf-table.ts";
import { SysfsTree } from "./sysfs-tree.ts";
import { findAway, makePair, type Slot, whereItIs } from "./vf-pair.ts";
import { locate, type Pair, remember, type Sight } from "./whereabouts.ts";

/** Link events may be lost under load; so long at most the tree is out of step then. */
const recheckMs = 250;
/** VFs beyond which a look at all of them takes so long that a rest follows it, as a share of the look */
const manyVfs = 128;
const restShare = 4;
/** Between looks for a netdev that may be under way; on a loaded machine a move takes a while. */
const moveMs = 15;
const moveLooks = 4;

export interface CardSlot extends Slot {
  readonly card: Card;
  readonly sysfsRoot: string;
  readonly log?: Log;
}

export class EmulatedCard implements AsyncDisposable {
  #slot: CardSlot;
  #table: PfTable;
  #shift = 0;
  readonly #log: Log;
  readonly #tree: SysfsTree;
  readonly #pairs = new Map<CardVf, Pair>();
  /** paths of namespaces that have a representor */
  readonly #away = new Map<CardVf, string>();
  readonly #watches = new Map<Netns, AbortController>();
  readonly #unplugged = new AbortController();
  /** one piece of work at the netdevs at a time */
  readonly #lock = new KeyedLock();
  #settling: Promise<void> | undefined;
  #again = false;
  /** at a large card, or resting from it */
  #isLooking = false;
  /** something happened meanwhile */
  #isMissed = false;
  #homecomings = 0;

  constructor(slot: CardSlot) {
    this.#slot = slot;
    this.#log = slot.log ?? createLog({ component: "emulator", level: "warn" });
    this.#tree = new SysfsTree(slot.sysfsRoot, slot.card);
    this.#table = this.#newTable();
  }

  get layout(): Card {
    return this.#slot.card;
  }

  get table(): PfTable {
    return this.#table;
  }

  /** VFs whose netdev died with a pod's namespace, or was deleted, and is at home again */
  get homecomings(): number {
    return this.#homecomings;
  }

  /** Makes the netdevs and begins to watch over them. */
  async plugIn(): Promise<void> {
    await this.#makeAll();
    for (const netns of [this.#slot.host, this.#slot.dpu]) this.#watch(netns);
    void this.#recheck();
    await this.settle();
  }

  /** The host's namespace is another one now: PF and VFs are made anew in it. The former one still lives. */
  async bootHost(host: Netns, change: VfChange = {}): Promise<void> {
    await this.#alone(async () => {
      this.#unwatch(this.#slot.host);
      await this.#destroyAll();
      this.#slot = { ...this.#slot, host };
      this.#relayout(change);
      await this.#makeAll();
      this.#watch(host);
    });
  }

  /** The DPU's namespace is another one now: the representors move into it as new, wherever they are. */
  async bootDpu(dpu: Netns): Promise<void> {
    await this.#alone(async () => {
      const { dpu: former, card } = this.#slot;
      this.#unwatch(former);
      await comeAsNew(former, pfRepresentor, { dpu, name: pfRepresentor, mtu: this.#slot.mtu });
      const lost: CardVf[] = [];
      for (const vf of card.vfs) {
        const name = vf.representor;
        const isThere = await unlessGone(
          whereItIs(this.#slot, vf, (netns, { name: now }) =>
            comeAsNew(netns, now, { dpu, name, mtu: this.#slot.mtu }),
          ),
        );
        if (!isThere) lost.push(vf);
      }
      this.#slot = { ...this.#slot, dpu };
      this.#away.clear();
      for (const vf of lost) await this.#make(vf);
      for (const vf of card.vfs) await this.#refresh(vf);
      this.#watch(dpu);
    });
  }

  /** `echo N > sriov_numvfs`: all VFs vanish from wherever they are, and new ones come. */
  async changeVfs(change: VfChange): Promise<void> {
    await this.#alone(async () => {
      for (const vf of this.#slot.card.vfs) await this.#destroy(vf);
      this.#relayout(change);
      for (const vf of this.#slot.card.vfs) await this.#make(vf);
    });
  }

  /** Resolves when tree and pairs are as the kernel is now. */
  settle(): Promise<void> {
    if (this.#settling !== undefined) {
      this.#again = true;
      return this.#settling;
    }
    this.#settling = this.#lock.run("netdevs", () => this.#settleAll());
    return this.#settling;
  }

  /** One line per function: what the tree shows of it. */
  lines(): readonly string[] {
    const functions = [pfAddress, ...this.#slot.card.vfs.map((vf) => vf.pciAddress)];
    const shown = functions.map((address) => {
      return `pci ${address} net ${this.#tree.netdevs(address).join(" ") || "-"}`;
    });
    return [...shown, ...this.#table.lines()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unplugged.abort();
    for (const netns of [...this.#watches.keys()]) this.#unwatch(netns);
    await this.#settling;
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    await this.#lock.run("netdevs", work);
    await this.settle();
  }

  #relayout({ count, shift }: VfChange): void {
    const { card, node } = this.#slot;
    const vfs = count ?? card.vfs.length;
    // There are no more functions than these.
    this.#shift = Math.min(shift ?? this.#shift, maxVfs - vfs);
    this.#slot = { ...this.#slot, card: cardLayout({ node, vfs, shift: this.#shift }) };
    this.#table = this.#newTable();
    this.#tree.replaceVfs(this.#slot.card.vfs);
  }

  #newTable(): PfTable {
    const { seed, node, card } = this.#slot;
    return new PfTable(card.vfs.map(({ index }) => macOf({ seed, node, role: "vf", index })));
  }

  async #makeAll(): Promise<void> {
    const { host, dpu, card, seed, node, mtu } = this.#slot;
    const address = macOf({ seed, node, role: "pfRepresentor" });
    await host.linkAdd({
      kind: "veth",
      name: pfNetdev,
      mtu,
      address: macOf({ seed, node, role: "pf" }),
      peer: { name: pfRepresentor, netns: dpu, mtu, address },
    });
    for (const vf of card.vfs) await this.#make(vf);
  }

  async #make(vf: CardVf): Promise<void> {
    const made = await makePair(this.#slot, vf, this.#table.get(vf.index).mac);
    this.#pairs.set(vf, { representor: vf.representor, ...made });
    this.#away.delete(vf);
  }

  async #destroyAll(): Promise<void> {
    for (const vf of this.#slot.card.vfs) await this.#destroy(vf);
    const pf = await this.#slot.dpu.link(pfRepresentor);
    if (pf !== undefined) await this.#slot.dpu.linkDel(pfRepresentor);
  }

  /** A veth takes its other end along, also out of a pod. */
  async #destroy(vf: CardVf): Promise<void> {
    await unlessGone(whereItIs(this.#slot, vf, (netns, { name }) => netns.linkDel(name)));
    this.#pairs.delete(vf);
    this.#away.delete(vf);
  }

  /** ifindexes are the namespace's own */
  async #refresh(vf: CardVf): Promise<void> {
    const { representor } = vf;
    const link = await this.#slot.dpu.link(representor);
    this.#pairs.set(vf, { representor, representorIndex: link?.index ?? 0 });
  }

  async #settleAll(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#settleOnce();
      } while (this.#again && !this.#unplugged.signal.aborted);
    } finally {
      this.#settling = undefined;
    }
  }

  async #settleOnce(): Promise<void> {
    const sight = await this.#look();
    const lost = [...this.#pairs].filter(([, pair]) => isOutOfSight(pair, sight));
    if (lost.length === 0) return this.#show(sight);
    // A dump taken during changes may miss a link: who is lost is looked for once more, and then everywhere.
    const again = await this.#look();
    for (const [vf, pair] of lost) {
      if (isOutOfSight(pair, again) && !(await this.#isAway(vf))) await this.#comeHome(vf);
    }
    this.#show(await this.#look());
  }

  /** A dataplane may keep the representor of a VF that a pod has in a namespace of its own. */
  async #isAway(vf: CardVf): Promise<boolean> {
    let path = await findAway(this.#slot, vf, this.#away.get(vf));
    // While the kernel moves a netdev, it is in no namespace for some milliseconds.
    for (let looks = 1; path === undefined && looks < moveLooks; looks++) {
      await sleep(moveMs, this.#unplugged.signal).catch(() => {});
      path = await findAway(this.#slot, vf, undefined);
      if (!isOutOfSight(this.#pairs.get(vf), await this.#look())) return true;
    }
    if (path === undefined) this.#away.delete(vf);
    else this.#away.set(vf, path);
    return path !== undefined;
  }

  async #look(): Promise<Sight> {
    const { host, dpu } = this.#slot;
    const [hostLinks, dpuLinks] = await Promise.all([host.links(), dpu.links()]);
    const pf = hostLinks.find((link) => link.name === pfNetdev);
    return { host: hostLinks, dpu: dpuLinks, dpuNetnsId: pf?.peerNetnsId };
  }

  #show(sight: Sight): void {
    const pf = sight.host.find((link) => link.name === pfNetdev);
    this.#tree.show(pfAddress, pf?.name);
    for (const [vf, pair] of this.#pairs) {
      const found = locate(pair, sight);
      this.#pairs.set(vf, remember(pair, found));
      this.#tree.show(vf.pciAddress, found.home?.name);
    }
  }

  async #comeHome(vf: CardVf): Promise<void> {
    if (this.#unplugged.signal.aborted) return;
    await this.#make(vf);
    this.#homecomings += 1;
  }

  #watch(netns: Netns): void {
    const stop = new AbortController();
    this.#watches.set(netns, stop);
    void this.#follow(netns, stop.signal);
  }

  #unwatch(netns: Netns): void {
    this.#watches.get(netns)?.abort();
    this.#watches.delete(netns);
  }

  async #follow(netns: Netns, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of netns.watchLinks(signal)) this.#wake();
    } catch (error) {
      if (!signal.aborted) this.#log.warn("cannot watch links", { netns: netns.name, error });
    }
  }

  async #recheck(): Promise<void> {
    const { signal } = this.#unplugged;
    while (!signal.aborted) {
      await sleep(recheckMs, signal).catch(() => {});
      this.#wake();
    }
  }

  #wake(): void {
    if (this.#unplugged.signal.aborted) return;
    if (this.#slot.card.vfs.length > manyVfs) this.#lookAndRest();
    else void this.#settleQuietly();
  }

  /** A card of a thousand VFs must not take the machine from what is tried on it. */
  #lookAndRest(): void {
    this.#isMissed = this.#isLooking;
    if (this.#isLooking) return;
    this.#isLooking = true;
    const startedAt = performance.now();
    void this.#settleQuietly().then(async () => {
      const restMs = (performance.now() - startedAt) * restShare;
      await sleep(restMs, this.#unplugged.signal).catch(() => {});
      this.#isLooking = false;
      if (this.#isMissed) this.#wake();
    });
  }

  async #settleQuietly(): Promise<void> {
    try {
      await this.settle();
    } catch (error) {
      if (this.#unplugged.signal.aborted) return;
      this.#log.warn("cannot follow the card", { error });
    }
  }
}

/** Neither end is where a card's driver could see it: away, dead with a namespace, or deleted. */
function isOutOfSight(pair: Pair | undefined, sight: Sight): boolean {
  if (pair === undefined) return true;
  const { home, representor } = locate(pair, sight);
  return home === undefined && representor === undefined;
}

/** The other end may be going with its namespace at this very moment, and take this one along: then it is not there. */
async function unlessGone(work: Promise<boolean>): Promise<boolean> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.errno !== "ENODEV") throw error;
    return false;
  }
}

/** Moving takes addresses, routes, neighbours and qdiscs off it; the rest is set. */
async function comeAsNew(
  from: Netns,
  now: string,
  { dpu, name, mtu }: { readonly dpu: Netns; readonly name: string; readonly mtu: number },
): Promise<void> {
  await from.linkSet(now, { up: false, promisc: false, allmulticast: false, master: null });
  await from.linkSet(now, { netns: dpu, name, mtu, alias: "" });
}
