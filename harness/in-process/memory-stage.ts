/** Sequences on a node in this process: the same steps and model as on a real one, thousands in the time of one there. */
import { answer as serve } from "../../impl/host/server.ts";
import type { Damage, Side } from "../core/faults.ts";
import { damaged } from "../install/damage-file.ts";
import { judge } from "../oracle/judge.ts";
import type { Expectation, NodeView, Violation } from "../oracle/oracle.ts";
import { overlaps } from "../oracle/overlaps.ts";
import type { Answer } from "../suites/property/model.ts";
import type { Expected, Heard, Process, Stage } from "../suites/property/stage.ts";
import { type FaultStep, slots, vfsPerNode } from "../suites/property/step.ts";
import type { Life } from "./life.ts";
import { MemoryNode } from "./memory-node.ts";
import { viewOf } from "./memory-view.ts";

const network = { cniVersion: "1.1.0", name: "podnet", type: "offload-cni" };
/** looks of the background until nothing more may be pending */
const mostPasses = 6;

export class MemoryStage implements Stage, AsyncDisposable {
  readonly #node: MemoryNode;
  #pristine: NodeView;
  readonly #pods = new Set<string>();
  readonly #results = new Map<number, unknown>();
  /** calls to a frozen daemon, which it serves when it goes on */
  #late: (() => Promise<unknown>)[] = [];
  #isFrozen = false;
  /** so that impatient callers go at many instants, the same in each replay */
  #hasty = 0;

  private constructor(node: MemoryNode, pristine: NodeView) {
    this.#node = node;
    this.#pristine = pristine;
  }

  static async open(): Promise<MemoryStage> {
    const node = await MemoryNode.open(vfsPerNode);
    await node.renew();
    const stage = new MemoryStage(node, await viewOf(node, []));
    await stage.#background();
    return stage;
  }

  add(slot: number, waits: boolean): Promise<Heard> {
    return this.#call("ADD", { slot, waits });
  }

  del(slot: number, waits: boolean): Promise<Heard> {
    return this.#call("DEL", { slot, waits });
  }

  check(slot: number, waits: boolean): Promise<Heard> {
    return this.#call("CHECK", { slot, waits });
  }

  status(): Promise<Heard> {
    return this.#call("STATUS", { waits: true });
  }

  gc(valid: readonly number[]): Promise<Heard> {
    const list = valid.map((slot) => ({
      containerID: containerOf(slot),
      ifname: slots[slot]?.ifname,
    }));
    return this.#call("GC", { waits: true, config: { "cni.dev/valid-attachments": list } });
  }

  async pause(after: number): Promise<void> {
    await new Promise<void>((resolve) => {
      let left = after;
      this.#node.onEffect = () => {
        left -= 1;
        if (left <= 0) resolve();
      };
    });
    this.#node.onEffect = () => {};
  }

  async fault(fault: FaultStep): Promise<void> {
    switch (fault.kind) {
      case "kill":
        if (fault.who === "daemon") this.#isFrozen = false;
        this.#late = fault.who === "daemon" ? [] : this.#late;
        return this.#node.kill(fault.who);
      case "freeze":
        // A silent agent is away, as the health stream would soon have it.
        if (fault.who === "daemon") this.#isFrozen = true;
        else this.#node.link = { toDpu: false, toHost: false };
        return;
      case "cut": {
        const { direction } = fault;
        this.#node.link = { toDpu: direction === "toHost", toHost: direction === "toDpu" };
        return;
      }
    }
  }

  async start(who: Process): Promise<boolean> {
    await this.#node.start(who);
    return true;
  }

  async thaw(who: Process): Promise<boolean> {
    if (who === "agent") await this.heal();
    else this.#isFrozen = false;
    for (const late of this.#late.splice(0)) await late();
    return true;
  }

  async slow(): Promise<void> {}

  async heal(): Promise<void> {
    this.#node.link = { toDpu: true, toHost: true };
    this.#node.daemon?.agent.connected();
  }

  async podDies(pod: string): Promise<void> {
    const path = pathOf(pod);
    if (!this.#pods.delete(path)) return;
    await this.#node.host.netnsDel(path);
    await this.#node.syncSysfs();
  }

  async rebootHost(): Promise<boolean> {
    await this.fault({ kind: "kill", who: "daemon" });
    this.#pods.clear();
    await this.#node.bootHost();
    return this.start("daemon");
  }

  async rebootDpu(state: "kept" | "lost"): Promise<void> {
    await this.#node.kill("agent");
    if (state === "lost") {
      this.#node.disks.dpu.files.clear();
      this.#node.disks.sysctls.files.clear();
    }
    await this.#node.bootDpu();
    await this.#node.start("agent");
  }

  async damage(side: Side, file: number, damage: Damage): Promise<number | undefined> {
    const who = side === "host" ? "daemon" : "agent";
    await this.fault({ kind: "kill", who });
    const disk = this.#node.disks[side];
    const names = disk.records();
    const name = names[file % Math.max(1, names.length)];
    const bytes = name === undefined ? undefined : disk.files.get(name);
    if (name !== undefined && bytes !== undefined) disk.files.set(name, damaged(bytes, damage));
    await this.start(who);
    const slot = slots.findIndex((_, at) => name?.includes(keyOf(at).replaceAll("/", "%2F")));
    return slot < 0 ? undefined : slot;
  }

  async mend(): Promise<string | undefined> {
    this.#node.link = { toDpu: true, toHost: true };
    for (const who of ["agent", "daemon"] as const) {
      if (this.#node[who] === undefined) await this.start(who);
    }
    await this.thaw("daemon");
    await this.heal();
    await this.#background();
    return undefined;
  }

  async atRest({ alive, gone, checks }: Expected): Promise<readonly string[]> {
    const expectation: Expectation = {
      pristine: this.#pristine,
      alive: alive.map(keyOf),
      gone: gone.map(keyOf),
    };
    let violations: readonly Violation[] = [];
    for (let pass = 0; pass < mostPasses; pass += 1) {
      violations = judge(await viewOf(this.#node, [...this.#pods]), expectation);
      if (violations.length === 0) break;
      await this.#background();
    }
    if (violations.length > 0) return violations.map(textOf);
    const checked = await Promise.all((checks ? alive : []).map((slot) => this.check(slot, true)));
    return checked.flatMap(({ answer, words }) => (answer === "done" ? [] : [`I4: ${words}`]));
  }

  async glance(lost: readonly number[]): Promise<readonly string[]> {
    if (this.#node.daemon?.isWoken) await this.#background();
    const view = await viewOf(this.#node, [...this.#pods]);
    return overlaps(view, this.#pristine)
      .map(textOf)
      .filter((text) => !lost.some((slot) => this.#isItsOwn(slot, text)));
  }

  /**
   * As on a real node: a lost record's port stays until DEL or GC, and its pod has the port's addresses; when the DPU
   * forgot it too, nobody is left who knows that they are taken.
   */
  #isItsOwn(slot: number, text: string): boolean {
    const netns = pathOf(slots[slot]?.pod ?? "");
    if (text.includes("the DPU counts")) return this.#pods.has(netns);
    return text.includes(keyOf(slot)) && text.includes(netns);
  }

  async tidy(): Promise<void> {
    for (const path of [...this.#pods]) await this.podDies(path.split("/").at(-1) ?? "");
    // Each sequence begins alike, so that it is the same alone.
    this.#hasty = 0;
    this.#node.reseed();
    const { host } = this.#node.disks;
    if (host.setAside().length === 0) return;
    await this.fault({ kind: "kill", who: "daemon" });
    for (const name of host.setAside()) host.files.delete(name);
    await this.start("daemon");
    await this.#background();
  }

  async reset(): Promise<void> {
    this.#pods.clear();
    this.#results.clear();
    this.#late = [];
    this.#isFrozen = false;
    this.#hasty = 0;
    await this.#node.renew();
    await this.#background();
    this.#pristine = await viewOf(this.#node, []);
  }

  /** The DPU's kernel without its routes, records as they were: what no fault of the contract does. */
  async forgetPorts(): Promise<void> {
    using own = await this.#node.dpu.open();
    for (const route of await own.routes()) {
      if (route.dev?.startsWith("rep") && /\/(32|128)$/.test(route.dst)) await own.routeDel(route);
    }
  }

  /** what daemon and agent said lately */
  lastWords(): readonly string[] {
    return this.#node.lastWords();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#node[Symbol.asyncDispose]();
  }

  /** Reconcile and the agent's own mending, as they would have looked by now. */
  async #background(): Promise<void> {
    const { daemon, agent } = this.#node;
    await agent?.ports.mend();
    if (daemon === undefined || this.#isFrozen) return;
    daemon.isWoken = false;
    daemon.reconcile.wake();
    await untilOver(daemon, daemon.reconcile.pass());
  }

  async #call(
    verb: string,
    asked: { readonly slot?: number; readonly waits: boolean; readonly config?: object },
  ): Promise<Heard> {
    const { slot, waits, config = {} } = asked;
    const attachment = slot === undefined ? {} : await this.#attachment(slot);
    const environment = { CNI_COMMAND: verb, CNI_PATH: "/opt/cni/bin", ...attachment };
    const prevResult = slot === undefined ? undefined : this.#results.get(slot);
    const previous = verb === "CHECK" && prevResult === undefined ? {} : { prevResult };
    const stdin = Buffer.from(
      JSON.stringify({ ...network, ...config, ...(verb !== "ADD" && previous) }),
    );
    const what = `${verb} ${slot === undefined ? "" : keyOf(slot)}`.trim();
    const gone = new AbortController();
    const work = async () => {
      const { daemon } = this.#node;
      if (daemon === undefined) return undefined;
      return untilOver(daemon, serve({ environment, stdin }, daemon.host, gone.signal));
    };
    if (this.#isFrozen) {
      gone.abort(new Error("the caller has gone"));
      this.#late.push(work);
      return { answer: "unheard", words: `${what}: the daemon is frozen` };
    }
    if (!waits) return this.#impatient(what, work, gone);
    const answered = await work();
    return this.#heard(what, verb, { slot, answered });
  }

  /** The caller goes after a few effects, whatever comes of its call. */
  async #impatient(
    what: string,
    work: () => Promise<unknown>,
    gone: AbortController,
  ): Promise<Heard> {
    const done = work();
    this.#hasty += 7;
    await Promise.race([done, this.pause(1 + (this.#hasty % 40))]);
    gone.abort(new Error("the caller has gone"));
    await done;
    return { answer: "unheard", words: `${what}: the caller has gone` };
  }

  #heard(
    what: string,
    verb: string,
    of: {
      readonly slot: number | undefined;
      readonly answered: Awaited<ReturnType<typeof serve>> | undefined;
    },
  ): Heard {
    const { slot, answered } = of;
    if (answered === undefined) return { answer: "unheard", words: `${what}: no daemon answered` };
    const { exitCode, stdout } = answered;
    const isDone = exitCode === 0;
    if (isDone && verb === "ADD" && slot !== undefined) this.#results.set(slot, JSON.parse(stdout));
    if (isDone && verb === "DEL" && slot !== undefined) this.#results.delete(slot);
    const answer: Answer = isDone ? "done" : "refused";
    return { answer, words: isDone ? what : `${what}: ${stdout.trim()}` };
  }

  async #attachment(slot: number): Promise<Record<string, string>> {
    const { pod, ifname } = slots[slot] ?? slots[0];
    const path = pathOf(pod);
    if (!this.#pods.has(path)) {
      this.#pods.add(path);
      await this.#node.host.netnsAdd(path);
    }
    return { CNI_CONTAINERID: containerOf(slot), CNI_IFNAME: ifname, CNI_NETNS: path };
  }
}

/** Undefined when the process ended before it. */
function untilOver<T>(
  { life }: { readonly life: Pick<Life, "whenOver"> },
  work: Promise<T>,
): Promise<T | undefined> {
  return Promise.race([work, life.whenOver]);
}

function textOf({ invariant, message }: Violation): string {
  return `${invariant}: ${message}`;
}

function pathOf(pod: string): string {
  return `/run/netns/${pod}`;
}

function containerOf(slot: number): string {
  return `prop-${slots[slot]?.pod}`;
}

function keyOf(slot: number): string {
  return `${network.name}/${containerOf(slot)}/${slots[slot]?.ifname}`;
}
