/** One plugin on one node as the checks use it: raw calls, pods, and the node's state as lines. */
import type { Node, Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Outage } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Plugin } from "../../core/plugin.ts";
import { readAnswer } from "../../runtime/answer.ts";
import { deriveConfig } from "../../runtime/derive.ts";
import { findExecutable } from "../../runtime/find-executable.ts";
import { invoke } from "../../runtime/invoke.ts";
import { type Network, networkOf } from "../../runtime/network.ts";
import type { Verb } from "../../spec/version.ts";
import { Groundwork } from "./groundwork.ts";
import { nodeState } from "./node-state.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import { type Look, type Sample, Samples } from "./samples.ts";

export class Subject implements AsyncDisposable {
  readonly plugin: Plugin;
  readonly node: Node;
  readonly executable: string;
  /** what can be taken away from the plugin here while a check looks on */
  readonly outages: readonly Outage[];
  readonly #samples = new Samples(this);
  readonly #groundwork: Groundwork;
  #pods = 0;

  private constructor(at: {
    readonly plugin: Plugin;
    readonly node: Node;
    readonly executable: string;
    readonly outages: readonly Outage[];
  }) {
    this.plugin = at.plugin;
    this.node = at.node;
    this.executable = at.executable;
    this.outages = at.outages;
    this.#groundwork = new Groundwork(at.plugin, at.node);
  }

  static async on(node: Node, plugin: Plugin, outages: readonly Outage[] = []): Promise<Subject> {
    const executable = await findExecutable(plugin.type, plugin.cniPath);
    if (executable !== undefined) return new Subject({ plugin, node, executable, outages });
    const message = `no executable "${plugin.type}" in ${plugin.cniPath.join(":")}`;
    throw new OutcomeSignal({ kind: "blocked", message });
  }

  get newest(): string {
    return this.plugin.versions.at(-1) ?? "1.0.0";
  }

  /** the interface it is asked for when a check names none */
  get ifname(): string {
    return this.plugin.ifname ?? "eth0";
  }

  /** Runs the executable once and keeps what it said in the check's record. */
  async call(t: CheckContext, verb: Verb, options: CallOptions = {}): Promise<Called> {
    const called = await this.quietCall(verb, { ...options, signal: t.signal });
    t.evidence(called.evidence);
    return called;
  }

  async quietCall(
    verb: Verb,
    options: CallOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<Called> {
    const { pod, ifname = this.ifname } = options;
    if (verb === "ADD" && pod !== undefined) await this.#groundwork.layFor(pod, ifname);
    const invoked = await invoke(this.node.host, {
      executable: this.executable,
      environment: this.environment(verb, options),
      stdin: options.stdin ?? this.configuration(options),
      timeoutMs: options.timeoutMs ?? 15_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const answer = readAnswer(verb, options.version ?? this.newest, invoked);
    return { answer, evidence: invoked.evidence };
  }

  environment(verb: string, options: CallOptions): Record<string, string> {
    const { pod, ifname = this.ifname } = options;
    const all = {
      CNI_COMMAND: verb,
      CNI_PATH: this.plugin.cniPath.join(":"),
      ...(pod && { CNI_CONTAINERID: pod.containerId, CNI_NETNS: pod.netns, CNI_IFNAME: ifname }),
      ...options.environment,
    };
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  }

  configuration(options: CallOptions): string {
    const { pod, ifname = this.ifname, version = this.newest } = options;
    const network: Network = networkOf(this.plugin, version, options.network);
    const [first] = network.plugins;
    if (first === undefined)
      throw new Error(`Cannot configure "${this.plugin.name}": no plugin object`);
    const own = pod && this.#groundwork.object(pod, ifname);
    const given = "prevResult" in options || pod === undefined;
    const prevResult = given ? options.prevResult : this.#groundwork.previous(pod, ifname, version);
    const object = { ...first, ...own };
    const derived = deriveConfig(network, object, prevResult === undefined ? {} : { prevResult });
    return JSON.stringify({ ...derived, ...options.config });
  }

  /** A pod that is detached from everything and removed when the check ends. */
  async pod(t: CheckContext): Promise<Pod> {
    const pod = await this.anyPod();
    t.cleanup(async () => {
      for (const ifname of [this.ifname, "net1"]) await this.quietCall("DEL", { pod, ifname });
      await pod[Symbol.asyncDispose]();
    });
    return pod;
  }

  /** A pod that the caller removes. */
  async anyPod(): Promise<Pod> {
    this.#pods += 1;
    const name = `${this.node.name}-${this.plugin.name}-${this.#pods}`;
    return this.#groundwork.podWith(
      await this.node.createPod(name.toLowerCase().replace(/[^a-z0-9-]/g, "-")),
    );
  }

  /** What the plugins before it make for this interface, when a check calls by its own means. pod() has it for the first. */
  prepare(pod: Pod, ifname = this.ifname): Promise<void> {
    return this.#groundwork.layFor(pod, ifname);
  }

  /** An attachment in this version, made on first use and shared by the checks that only look. */
  sample(version: string): Promise<Sample> {
    return this.#samples.of(version);
  }

  /** What was seen of an ADD in this version; it need not be attached any more. */
  look(version: string): Promise<Look> {
    return this.#samples.look(version);
  }

  /** Gives back what the samples hold; the next use makes new ones. */
  releaseSamples(): Promise<void> {
    return this.#samples.release();
  }

  /** Everything on host and DPU that a call could leave behind, as sorted lines. */
  state(): Promise<readonly string[]> {
    return nodeState(this.node);
  }

  /** One attachment made and undone, so that what a plugin makes once for all (its bridge) is there before any look. */
  async warmUp(): Promise<void> {
    const pod = await this.anyPod();
    await this.quietCall("ADD", { pod });
    await this.quietCall("DEL", { pod });
    await pod[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#samples.release();
    await this.#groundwork[Symbol.asyncDispose]();
  }
}
