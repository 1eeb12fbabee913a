/**
 * The card that is not there: veth pairs between a host's and a DPU's namespace, and a sysfs tree kept in step with
 * them. As long as it is plugged in it keeps the promise of a real VF: its netdev never disappears. When a pod's
 * namespace takes the veth with it, the VF comes home: same name, same MACs, pristine.
 */
import { createLog, type Log } from "../../impl/base/log.ts";
import { sleep } from "../../impl/base/time.ts";
import type { Netns } from "../../impl/netlink/kernel.ts";
import { isErrno } from "../../impl/netlink/netlink-error.ts";
import type { Card, CardVf } from "../core/backend.ts";
import { macOf, pfAddress, pfNetdev, pfRepresentor } from "./card-layout.ts";
import { PfTable } from "./pf-table.ts";
import { SysfsTree } from "./sysfs-tree.ts";
import { locate, type Pair, remember, type Sight } from "./whereabouts.ts";

/** Link events may be lost under load; so long at most the tree is out of step then. */
const recheckMs = 250;

export interface CardSlot {
  readonly host: Netns;
  readonly dpu: Netns;
  readonly card: Card;
  readonly node: number;
  /** of the world: part of every MAC */
  readonly seed: number;
  readonly mtu: number;
  readonly sysfsRoot: string;
  readonly log?: Log;
}

export class EmulatedCard implements AsyncDisposable {
  readonly table: PfTable;
  readonly #slot: CardSlot;
  readonly #log: Log;
  readonly #tree: SysfsTree;
  readonly #pairs = new Map<CardVf, Pair>();
  readonly #unplugged = new AbortController();
  #settling: Promise<void> | undefined;
  #again = false;
  #homecomings = 0;

  constructor(slot: CardSlot) {
    const { seed, node, card } = slot;
    this.#slot = slot;
    this.#log = slot.log ?? createLog({ component: "emulator", level: "warn" });
    this.#tree = new SysfsTree(slot.sysfsRoot, card);
    this.table = new PfTable(card.vfs.map(({ index }) => macOf({ seed, node, role: "vf", index })));
  }

  /** VFs whose netdev died with a pod's namespace, or was deleted, and is at home again */
  get homecomings(): number {
    return this.#homecomings;
  }

  /** Makes the netdevs and begins to watch over them. */
  async plugIn(): Promise<void> {
    const { host, dpu, card, seed, node, mtu } = this.#slot;
    await host.linkAdd({
      kind: "veth",
      name: pfNetdev,
      mtu,
      address: macOf({ seed, node, role: "pf" }),
      peer: {
        name: pfRepresentor,
        netns: dpu,
        mtu,
        address: macOf({ seed, node, role: "pfRepresentor" }),
      },
    });
    for (const vf of card.vfs) await this.#makePair(vf);
    const links = new Map((await dpu.links()).map((link) => [link.name, link.index]));
    for (const vf of card.vfs) {
      const { representor } = vf;
      const representorIndex = links.get(representor) ?? 0;
      this.#pairs.set(vf, { representor, representorIndex });
    }
    for (const netns of [host, dpu]) void this.#watch(netns);
    void this.#recheck();
    await this.settle();
  }

  /** Resolves when tree and pairs are as the kernel is now. */
  settle(): Promise<void> {
    if (this.#settling !== undefined) {
      this.#again = true;
      return this.#settling;
    }
    this.#settling = this.#settleAll();
    return this.#settling;
  }

  /** One line per function: what the tree shows of it. */
  lines(): readonly string[] {
    const functions = [pfAddress, ...this.#slot.card.vfs.map((vf) => vf.pciAddress)];
    const shown = functions.map((address) => {
      return `pci ${address} net ${this.#tree.netdevs(address).join(" ") || "-"}`;
    });
    return [...shown, ...this.table.lines()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unplugged.abort();
    await this.#settling;
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
    const lost = [...this.#pairs].filter(([, pair]) => isLost(pair, sight));
    if (lost.length === 0) return this.#show(sight);
    // A dump taken during changes may miss a link: who is lost is looked for once more.
    const again = await this.#look();
    for (const [vf, pair] of lost) if (isLost(pair, again)) await this.#comeHome(vf);
    this.#show(await this.#look());
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
    await this.#makePair(vf);
    this.#homecomings += 1;
    const representor = await this.#slot.dpu.link(vf.representor);
    const representorIndex = representor?.index ?? 0;
    this.#pairs.set(vf, { representor: vf.representor, representorIndex });
  }

  async #makePair(vf: CardVf): Promise<void> {
    const { host, dpu, node, seed, mtu } = this.#slot;
    const peer = {
      name: vf.representor,
      netns: dpu,
      mtu,
      address: macOf({ seed, node, role: "representor", index: vf.index }),
    };
    const { mac: address } = this.table.get(vf.index);
    const spec = { kind: "veth", mtu, address, peer } as const;
    try {
      await host.linkAdd({ ...spec, name: vf.netdev });
    } catch (error) {
      const taken = isErrno(error, "EEXIST") && (await host.link(vf.netdev)) !== undefined;
      if (!taken) throw error;
      // The name is taken: the kernel then calls a device that comes home devN.
      await host.linkAdd({ ...spec, name: `dev${vf.index}` });
    }
  }

  async #watch(netns: Netns): Promise<void> {
    const { signal } = this.#unplugged;
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
    this.settle().catch((error: unknown) => {
      if (this.#unplugged.signal.aborted) return;
      this.#log.warn("cannot follow the card", { error });
    });
  }
}

/** Neither end is where it could be seen: the pair died with a namespace, or somebody deleted it. */
function isLost(pair: Pair, sight: Sight): boolean {
  const { home, representor } = locate(pair, sight);
  return home === undefined && representor === undefined;
}
