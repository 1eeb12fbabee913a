/** Sequences on a real node: shim, daemon and agent as installed, the kernel's namespaces, and the oracle to look at it all. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "../../../impl/base/time.ts";
import type { Kernel } from "../../../impl/netlink/kernel.ts";
import type { Card, Node, Pod } from "../../core/backend.ts";
import { errorText } from "../../core/error-text.ts";
import type { Damage, Faults, Side } from "../../core/faults.ts";
import type { Plugin } from "../../core/plugin.ts";
import { judgeAtRest, type Witness } from "../../oracle/judge-at-rest.ts";
import type { NodeView, Violation } from "../../oracle/oracle.ts";
import { overlapsNow } from "../../oracle/overlaps-now.ts";
import { readNode } from "../../oracle/read-node.ts";
import type { Attachment } from "../../runtime/attachment.ts";
import { type Network, networkOf } from "../../runtime/network.ts";
import { type CallOutcome, createRuntime, type Runtime } from "../../runtime/runtime.ts";
import type { Expected, Heard, Process, Stage } from "./stage.ts";
import { type FaultStep, pods, slots, vfsPerNode } from "./step.ts";

/** of a caller that waits: longer than any verb's own deadline */
const patienceMs = 60_000;
/** of one that does not: enough to get a call under way */
const impatienceMs = 30;
const backMs = 10_000;
/** a call's worth of a queue, not of a timeout */
const slowKbit = 256;
/** of the oracle's words for a VF that an ADD may get */
const freeByWord = "is free by the daemon's word";
/** of the oracle's words for addresses that the DPU might give a second time */
const uncounted = "the DPU counts";
/** functions: a VF then has the address that another had */
const renumbering = 1;

export interface NodeStageOptions {
  readonly node: Node;
  readonly plugin: Plugin;
  readonly faults: Faults;
  readonly kernel: Kernel;
  readonly signal: AbortSignal;
  /** processes of this node that died without being asked to */
  casualties(): readonly string[];
}

export class NodeStage implements Stage, AsyncDisposable {
  readonly #node: Node;
  readonly #faults: Faults;
  readonly #kernel: Kernel;
  #signal: AbortSignal;
  readonly #casualties: () => readonly string[];
  readonly #network: Network;
  #runtime: Runtime;
  #hasty: Runtime;
  readonly #cache: string;
  readonly #formerVfs: number;
  /** those being made too: two calls at once may be the first of a pod */
  readonly #pods = new Map<string, Promise<Pod>>();
  #pristine: NodeView;

  private constructor(options: NodeStageOptions, pristine: NodeView, formerVfs: number) {
    const { node, plugin, faults, kernel, signal } = options;
    this.#node = node;
    this.#faults = faults;
    this.#kernel = kernel;
    this.#signal = signal;
    this.#casualties = options.casualties;
    this.#network = networkOf(plugin);
    this.#pristine = pristine;
    this.#formerVfs = formerVfs;
    // Where a reboot leaves it, as runtimes keep theirs.
    this.#cache = join(node.paths.hostState, "runtime");
    this.#runtime = this.#newRuntime(patienceMs);
    this.#hasty = this.#newRuntime(impatienceMs);
  }

  /** From here on its calls end when `signal` aborts. */
  within(signal: AbortSignal): this {
    this.#signal = signal;
    this.#runtime = this.#newRuntime(patienceMs);
    this.#hasty = this.#newRuntime(impatienceMs);
    return this;
  }

  /** The node is without attachments. It has few VFs from here on, so that they run out. */
  static async open(options: NodeStageOptions): Promise<NodeStage> {
    const { node, faults, kernel, signal } = options;
    const formerVfs = node.card.vfs.length;
    await faults.daemon.kill();
    await faults.changeVfs({ count: vfsPerNode });
    await faults.mend(signal);
    return new NodeStage(options, await readNode(node, kernel), formerVfs);
  }

  async add(slot: number, waits: boolean): Promise<Heard> {
    const attachment = await this.#attachment(slot);
    return heard(`ADD ${nameOf(slot)}`, await this.#through(waits).add(this.#network, attachment));
  }

  async del(slot: number, waits: boolean): Promise<Heard> {
    const attachment = await this.#attachment(slot);
    return heard(`DEL ${nameOf(slot)}`, await this.#through(waits).del(this.#network, attachment));
  }

  async check(slot: number, waits: boolean): Promise<Heard> {
    const attachment = await this.#attachment(slot);
    return heard(
      `CHECK ${nameOf(slot)}`,
      await this.#through(waits).check(this.#network, attachment),
    );
  }

  async status(): Promise<Heard> {
    return heard("STATUS", await this.#through(this.#isServed()).status(this.#network));
  }

  async gc(valid: readonly number[]): Promise<Heard> {
    const list = valid.map((slot) => ({
      containerID: containerOf(slot),
      ifname: slots[slot]?.ifname ?? "",
    }));
    return heard("GC", await this.#through(this.#isServed()).gc(this.#network, list));
  }

  pause(after: number): Promise<void> {
    return sleep(after, this.#signal);
  }

  async fault(fault: FaultStep): Promise<void> {
    switch (fault.kind) {
      case "kill":
        return this.#faults[fault.who].kill();
      case "freeze":
        return this.#faults[fault.who].freeze();
      case "cut":
        return this.#faults.link.cut(fault.direction);
    }
  }

  async start(who: Process): Promise<boolean> {
    this.#faults[who].start();
    return who === "agent" || this.#serves();
  }

  async thaw(who: Process): Promise<boolean> {
    this.#faults[who].thaw();
    return who === "agent" || this.#serves();
  }

  slow(): Promise<void> {
    return this.#faults.link.slow(slowKbit);
  }

  heal(): Promise<void> {
    return this.#faults.link.heal();
  }

  async podDies(pod: string): Promise<void> {
    await (await this.#pods.get(pod))?.[Symbol.asyncDispose]();
    this.#pods.delete(pod);
  }

  async rebootHost({ renumbered }: { readonly renumbered: boolean }): Promise<boolean> {
    this.#pods.clear();
    await this.#faults.rebootHost({ shift: renumbered ? renumbering : 0 });
    this.#pristine = onCard(this.#pristine, this.#node.card);
    return this.#serves();
  }

  rebootDpu(state: "kept" | "lost"): Promise<void> {
    return this.#faults.rebootDpu({ state });
  }

  async damage(side: Side, file: number, damage: Damage): Promise<number | undefined> {
    const process = this.#faults[side === "host" ? "daemon" : "agent"];
    await process.kill();
    const files = await this.#faults.stateFiles(side);
    const path = files[file % Math.max(1, files.length)];
    if (path !== undefined) await this.#faults.damage(path, damage);
    process.start();
    if (side === "host") await this.#serves();
    if (path === undefined) return undefined;
    const name = decodeURIComponent(path.split("/").at(-1) ?? "");
    const slot = slots.findIndex((_, at) =>
      name.includes(`/${containerOf(at)}/${slots[at]?.ifname}`),
    );
    return slot < 0 ? undefined : slot;
  }

  async mend(): Promise<string | undefined> {
    const [casualty] = this.#casualties();
    if (casualty !== undefined) return casualty;
    try {
      await this.#faults.mend(this.#signal);
      return undefined;
    } catch (error) {
      this.#signal.throwIfAborted();
      return `the node does not get ready again: ${errorText(error)}`;
    }
  }

  async atRest({ alive, gone, checks }: Expected): Promise<readonly string[]> {
    const { violations } = await judgeAtRest(this.#node, {
      kernel: this.#kernel,
      expectation: { pristine: this.#pristine, gone: gone.map((slot) => this.#keyOf(slot)) },
      alive: alive.map((slot) => this.#witness(slot, checks)),
      signal: this.#signal,
    });
    return [
      ...this.#casualties(),
      ...violations.map(({ invariant, message }) => `${invariant}: ${message}`),
    ];
  }

  async glance(lost: readonly number[]): Promise<readonly string[]> {
    let found = await overlapsNow(this.#node, this.#kernel, this.#pristine);
    if (found.some(isOfNext)) {
      // Nobody gets a VF or an address before the daemon has compared the ports of the DPU: STATUS says when it has.
      const isServing = (await this.status()).answer === "done";
      if (isServing) found = await overlapsNow(this.#node, this.#kernel, this.#pristine);
      else found = found.filter((one) => !isOfNext(one));
    }
    // A pod whose record is lost has the addresses of its own port, though no attachment says so.
    const living = new Map<string, string>();
    for (const [pod, there] of this.#pods) living.set(pod, (await there).netns);
    const isItsOwn = (message: string) =>
      lost.some((slot) => {
        const netns = living.get(slots[slot]?.pod ?? "");
        // When the DPU forgot it too, nobody is left who knows that its address is taken.
        if (message.includes(uncounted)) return netns !== undefined;
        if (!message.includes(this.#keyOf(slot))) return false;
        // The port of a lost record stays until DEL or GC, also when its VF has come home from a dead pod.
        if (message.includes(freeByWord)) return true;
        return netns !== undefined && message.includes(netns);
      });
    return [
      ...this.#casualties(),
      ...found
        .filter(({ message }) => !isItsOwn(message))
        .map(({ invariant, message }) => `${invariant}: ${message}`),
    ];
  }

  async tidy(): Promise<void> {
    for (const pod of pods) await this.podDies(pod);
    const damaged = await this.#faults.setAside("host");
    if (damaged.length === 0) return;
    await this.#faults.daemon.kill();
    for (const file of damaged) await rm(file);
    this.#faults.daemon.start();
    await this.#serves();
  }

  async reset(): Promise<void> {
    const { daemon, agent, link } = this.#faults;
    await daemon.kill();
    await agent.kill();
    await link.heal();
    await rm(this.#cache, { recursive: true, force: true });
    await this.#faults.wipe("host");
    this.#pods.clear();
    await this.#faults.rebootHost({ shift: 0 });
    await this.#faults.rebootDpu({ state: "lost" });
    await this.#faults.mend(this.#signal);
    this.#pristine = await readNode(this.#node, this.#kernel);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pod of pods) await this.podDies(pod);
    await rm(this.#cache, { recursive: true, force: true });
    await this.#faults.daemon.kill();
    await this.#faults.changeVfs({ count: this.#formerVfs, shift: 0 });
    await this.#faults.mend();
  }

  #newRuntime(timeoutMs: number): Runtime {
    const options = { place: this.#node.host, directory: this.#cache, signal: this.#signal };
    return createRuntime({ ...options, timeoutMs });
  }

  #through(waits: boolean): Runtime {
    return waits ? this.#runtime : this.#hasty;
  }

  #isServed(): boolean {
    return this.#faults.daemon.state !== "frozen";
  }

  async #attachment(slot: number): Promise<Attachment> {
    const { pod, ifname } = slots[slot] ?? slots[0];
    const there = this.#pods.get(pod) ?? this.#node.createPod(pod);
    this.#pods.set(pod, there);
    return { containerId: containerOf(slot), ifname, netns: (await there).netns };
  }

  #keyOf(slot: number): string {
    return `${this.#network.name}/${containerOf(slot)}/${slots[slot]?.ifname}`;
  }

  #witness(slot: number, checks: boolean): Witness {
    return {
      key: this.#keyOf(slot),
      check: async () => {
        if (!checks) return undefined;
        const { answer, words } = await this.check(slot, true);
        return answer === "done" ? undefined : words;
      },
      // What carries traffic is looked at in the kernel: routes and neighbours of the representor, the pod's addresses.
      reach: async () => undefined,
    };
  }

  /** Whatever the daemon says to STATUS, it is there. */
  async #serves(): Promise<boolean> {
    const endMs = performance.now() + backMs;
    while (performance.now() < endMs) {
      this.#signal.throwIfAborted();
      if ((await this.status()).answer !== "unheard") return true;
      await sleep(5, this.#signal);
    }
    return false;
  }
}

/** What the next ADD might get although somebody has it: harmless while there is no next ADD. */
function isOfNext({ message }: Violation): boolean {
  return message.includes(freeByWord) || message.includes(uncounted);
}

/** The same links, under the addresses that the card's VFs have now. */
function onCard(pristine: NodeView, card: Card): NodeView {
  const vfs = pristine.vfs.map((vf) => ({
    ...vf,
    pciAddress:
      card.vfs.find(({ representor }) => representor === vf.representor)?.pciAddress ?? "",
  }));
  return { ...pristine, vfs };
}

function containerOf(slot: number): string {
  return `prop-${slots[slot]?.pod}`;
}

function nameOf(slot: number): string {
  return `${slots[slot]?.pod}/${slots[slot]?.ifname}`;
}

function heard(what: string, outcome: CallOutcome): Heard {
  if (outcome.ok) return { answer: "done", words: what };
  const { code, msg } = outcome.error;
  // Without a code nobody has answered, and the shim speaks for itself when it has no daemon.
  const isUnheard = code === 0 || msg.startsWith("Cannot serve the call:");
  return { answer: isUnheard ? "unheard" : "refused", words: `${what}: code ${code} "${msg}"` };
}
