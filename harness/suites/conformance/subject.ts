/** One plugin on one node as the checks use it: raw calls, pods, and the node's state as lines. */
import { sleep } from "../../../impl/base/time.ts";
import type { Node, Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Outage } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Plugin } from "../../core/plugin.ts";
import { readAnswer } from "../../runtime/answer.ts";
import { deriveConfig } from "../../runtime/derive.ts";
import { findExecutable } from "../../runtime/find-executable.ts";
import { type Invoked, invoke } from "../../runtime/invoke.ts";
import { type Network, networkOf } from "../../runtime/network.ts";
import { type Verb, verbExists } from "../../spec/version.ts";
import { Groundwork } from "./groundwork.ts";
import { type Habits, habitsOf, lookingPast } from "./habits.ts";
import { nodeState } from "./node-state.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import { type Look, type Sample, Samples } from "./samples.ts";

const settleMs = 2_000;
const pollMs = 40;

export class Subject implements AsyncDisposable {
  readonly plugin: Plugin;
  readonly node: Node;
  readonly executable: string;
  /** what can be taken away from the plugin here while a check looks on */
  readonly outages: readonly Outage[];
  readonly #samples = new Samples(this);
  readonly #groundwork: Groundwork;
  /** containers that were asked for a second interface */
  readonly #seconds = new Set<string>();
  #pods = 0;
  #leaves = false;
  #habits: Promise<Habits> | undefined;
  /** verb → code of its failure in the plainest case */
  readonly #usualFailures = new Map<Verb, number>();

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
    return this.read(verb, options.version ?? this.newest, invoked);
  }

  /** What a runtime makes of a call that ended, but for what this plugin does wrong in every call. */
  async read(verb: Verb, version: string, invoked: Invoked): Promise<Called> {
    this.#habits ??= this.#learnHabits();
    const past = lookingPast(await this.#habits, invoked);
    const answer = readAnswer(verb, version, past);
    const isUsual = answer.kind === "error" && this.#usualFailures.get(verb) === answer.code;
    return { answer, evidence: invoked.evidence, pastHabits: past.evidence, isUsual };
  }

  async #learnHabits(): Promise<Habits> {
    const invokeAs = (command: string) =>
      invoke(this.node.host, {
        executable: this.executable,
        environment: { CNI_COMMAND: command, CNI_PATH: this.plugin.cniPath.join(":") },
        stdin: this.configuration({}),
        timeoutMs: 15_000,
      });
    return habitsOf(await invokeAs("FROB"), await invokeAs("VERSION"));
  }

  environment(verb: string, options: CallOptions): Record<string, string> {
    const { pod, ifname = this.ifname } = options;
    if (pod !== undefined && ifname === "net1") this.#seconds.add(pod.containerId);
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
      const ifnames = [this.ifname, ...(this.#seconds.has(pod.containerId) ? ["net1"] : [])];
      for (const ifname of ifnames) await this.quietCall("DEL", { pod, ifname });
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

  /**
   * One attachment made, checked and undone, so that what a plugin makes once for all (its bridge) is there before any look,
   * and what fails even here is known.
   */
  async warmUp(): Promise<void> {
    const pod = await this.anyPod();
    const fresh = await this.state();
    const added = await this.#tryOut("ADD", { pod });
    if (added !== undefined && verbExists("CHECK", this.newest)) {
      await this.#tryOut("CHECK", { pod, prevResult: added });
    }
    await this.#tryOut("DEL", { pod });
    const isClean = await this.#comesTo(fresh);
    // What is left stays for good, or it is what the first use makes once for all: another pod tells.
    const other = await this.anyPod();
    const used = await this.state();
    await this.quietCall("ADD", { pod: other });
    await this.quietCall("DEL", { pod: other });
    this.#leaves = !isClean && !(await this.#comesTo(used));
    await other[Symbol.asyncDispose]();
    await pod[Symbol.asyncDispose]();
  }

  /** A daemon may still be at work when a call has ended. */
  async #comesTo(state: readonly string[]): Promise<boolean> {
    const endMs = performance.now() + settleMs;
    for (;;) {
      if (`${await this.state()}` === `${state}`) return true;
      if (performance.now() >= endMs) return false;
      await sleep(pollMs);
    }
  }

  /** DEL leaves something behind in the plainest case too. */
  get leavesUsually(): boolean {
    return this.#leaves;
  }

  /** The plainest call of this verb: what it prints; a failure is kept in mind. */
  async #tryOut(verb: "ADD" | "CHECK" | "DEL", options: CallOptions): Promise<unknown> {
    const { answer } = await this.quietCall(verb, options);
    if (answer.kind === "success") return answer.document;
    this.#usualFailures.set(verb, answer.code);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#samples.release();
    await this.#groundwork[Symbol.asyncDispose]();
  }
}
