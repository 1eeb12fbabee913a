/** One node for one case at a time: its faults and pauses, a bystander whom no fault may touch, and the way back to rest. */
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Node, Pod } from "../../core/backend.ts";
import type { Faults } from "../../core/faults.ts";
import { offloadFiles } from "../../install/offload-config.ts";
import type { Judgement, Witness } from "../../oracle/judge-at-rest.ts";
import type { Oracle } from "../../oracle/open-oracle.ts";
import type { NodeView } from "../../oracle/oracle.ts";
import type { Network } from "../../runtime/network.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { Workload } from "../../workload/client.ts";
import { type AttachedPod, attachedPod, witnessOf } from "./attached-pod.ts";
import type { DurableImage } from "./durable.ts";
import { Pauses } from "./pauses.ts";

/** below the deadlines of the product's verbs: what takes longer hangs */
const callTimeoutMs = 22_000;

export interface StationOptions {
  readonly node: Node;
  readonly faults: Faults;
  readonly network: Network;
  readonly oracle: Oracle;
}

/** Beside the node's own folders: a reboot empties `run`. */
export function stationFolder(node: Node, name: "pauses" | "results" | "durable"): string {
  return join(dirname(node.paths.run), `faults-${name}`);
}

/** Where the node's processes keep what a power cut would leave of their state. */
export function durableImage(node: Node): DurableImage {
  const { hostState, agentState } = offloadFiles(node);
  return { bases: [hostState, agentState], image: stationFolder(node, "durable") };
}

export class Station implements AsyncDisposable {
  readonly node: Node;
  readonly faults: Faults;
  readonly network: Network;
  readonly oracle: Oracle;
  readonly pauses: Pauses;
  readonly pristine: NodeView;
  #dpu: Promise<Workload> | undefined;
  #bystander: AttachedPod | undefined;
  #pods = 0;
  readonly #empty: Pod[] = [];
  /** the bystander's: a GC of the other network must not see it */
  readonly #foreign: Network;
  /** a case failed here: the next one begins with a whole new node */
  isSuspect = false;
  /** a process was started, and nobody has waited for it yet */
  needsMending = false;

  private constructor(options: StationOptions, pristine: NodeView) {
    this.node = options.node;
    this.faults = options.faults;
    this.network = options.network;
    this.#foreign = { ...options.network, name: "foreign" };
    this.oracle = options.oracle;
    this.pristine = pristine;
    this.pauses = new Pauses(stationFolder(options.node, "pauses"));
    mkdirSync(stationFolder(options.node, "results"), { recursive: true });
  }

  /** The node is installed, at rest and without attachments. */
  static async open(options: StationOptions): Promise<Station> {
    return new Station(options, await options.oracle.look(options.node));
  }

  /** A runtime that gives up all its calls when `signal` aborts. */
  runtime(signal?: AbortSignal, timeoutMs = callTimeoutMs): Runtime {
    const directory = stationFolder(this.node, "results");
    const { host } = this.node;
    return createRuntime({ place: host, directory, timeoutMs, ...(signal && { signal }) });
  }

  dpu(): Promise<Workload> {
    this.#dpu ??= Workload.start(this.node.dpu, `faults-${this.node.name}-dpu`);
    return this.#dpu;
  }

  async pod(deviceID?: string): Promise<AttachedPod> {
    return attachedPod(await this.#emptyPod(), this.network, deviceID);
  }

  async #emptyPod(): Promise<Pod> {
    const empty = this.#empty.pop();
    if (empty !== undefined) return empty;
    this.#pods += 1;
    return this.node.createPod(`pod-${this.#pods}`);
  }

  /** Its namespace is empty again, as the oracle has seen. */
  async reuse({ pod, attachment }: AttachedPod): Promise<void> {
    await this.runtime().forget(this.network, attachment);
    this.#empty.push(pod);
  }

  async witness(one: AttachedPod): Promise<Witness> {
    const network = one === this.#bystander ? this.#foreign : this.network;
    return witnessOf(one, { runtime: this.runtime(), network, dpu: await this.dpu() });
  }

  /** Attached before the case and meant to be as it was after it; made when there is none. */
  async bystander(): Promise<AttachedPod> {
    if (this.#bystander !== undefined) return this.#bystander;
    const empty = await this.#emptyPod();
    const one = attachedPod(empty, this.#foreign);
    const added = await this.runtime().add(this.#foreign, one.attachment);
    if (!added.ok) {
      await one.pod[Symbol.asyncDispose]();
      throw new Error(`Cannot attach the bystander: ${added.error.msg}`);
    }
    this.#bystander = one;
    return one;
  }

  /** After a reboot: its namespace is gone, and so are the processes on the DPU. */
  async forgetNode(): Promise<void> {
    for (const pod of this.#empty.splice(0)) await pod[Symbol.asyncDispose]();
    if (this.#bystander !== undefined) await this.forget(this.#bystander);
    this.#bystander = undefined;
    await this.forgetDpu();
  }

  /** After a reboot of the DPU alone. */
  async forgetDpu(): Promise<void> {
    const dpu = await this.#dpu;
    this.#dpu = undefined;
    await dpu?.[Symbol.asyncDispose]();
  }

  /** Makes all processes run and the link whole, if they are not. */
  async mend(signal: AbortSignal): Promise<void> {
    const { daemon, agent, link } = this.faults;
    const isWell = !this.needsMending && link.state === "whole";
    if (isWell && daemon.state === "running" && agent.state === "running") return;
    await this.faults.mend(signal);
    this.needsMending = false;
  }

  async forget(one: AttachedPod): Promise<void> {
    const network = one === this.#bystander ? this.#foreign : this.network;
    await this.runtime().forget(network, one.attachment);
    await one.pod[Symbol.asyncDispose]();
  }

  /** Nothing but the bystander may be left; it lives, and nothing of it has changed. */
  async judgeEmpty(before: NodeView, signal: AbortSignal): Promise<Judgement> {
    const left = this.#bystander;
    const alive = left === undefined ? [] : [await this.witness(left)];
    const unchanged = alive.map(({ key }) => key);
    return this.oracle.judgeAtRest(this.node, {
      expectation: { pristine: this.pristine, gone: "all", before: { view: before, unchanged } },
      ...{ alive, signal },
    });
  }

  /** A node that a failed case left somehow: both sides boot, without any state. */
  async renew(): Promise<void> {
    this.pauses.clear();
    await this.faults.link.heal();
    await this.forgetNode();
    await this.faults.daemon.kill();
    await this.faults.agent.kill();
    const { bases, image } = durableImage(this.node);
    for (const folder of [...bases, image]) await rm(folder, { recursive: true, force: true });
    await this.faults.rebootDpu({ state: "lost" });
    await this.faults.rebootHost();
    await this.faults.mend();
    this.isSuspect = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pauses.clear();
    await this.faults.mend();
    const left = this.#bystander;
    if (left !== undefined) await this.runtime().del(this.#foreign, left.attachment);
    await this.forgetNode();
    for (const name of ["pauses", "results", "durable"] as const)
      await rm(stationFolder(this.node, name), { recursive: true, force: true });
  }
}
