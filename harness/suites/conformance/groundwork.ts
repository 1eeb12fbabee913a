/** What a pod needs before the plugin under test is called for it: devices, and what earlier plugins of the list make. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { KeyedLock } from "../../../impl/base/lock.ts";
import { sleep } from "../../../impl/base/time.ts";
import type { Node, Place, Pod } from "../../core/backend.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Plugin, Prepared } from "../../core/plugin.ts";
import type { Attachment } from "../../runtime/attachment.ts";
import { networkOf } from "../../runtime/network.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { resultInVersion } from "./result-in-version.ts";

const homeMs = 3_000;

interface Laid {
  readonly ifname: string;
  readonly prepared: Prepared | undefined;
  /** the result of the plugins before it */
  readonly result: unknown;
  /** Undoes what the plugins before it made; the pod is still there. */
  undo(): Promise<void>;
}

export class Groundwork implements AsyncDisposable {
  readonly #plugin: Plugin;
  readonly #ifname: string;
  readonly #host: Place;
  readonly #runtime: Runtime;
  readonly #directory: string;
  readonly #laying = new KeyedLock();
  /** by container id, in the order in which it was laid */
  readonly #laid = new Map<string, readonly Laid[]>();

  constructor(plugin: Plugin, node: Node) {
    this.#plugin = plugin;
    this.#ifname = plugin.ifname ?? "eth0";
    this.#host = node.host;
    this.#directory = join(node.paths.run, `before-${plugin.name}`);
    this.#runtime = createRuntime({ place: node.host, directory: this.#directory });
  }

  /** The pod, ready for its first ADD; removing it removes what was laid. */
  async podWith(pod: Pod): Promise<Pod> {
    const { before = [], prepare } = this.#plugin;
    // A runtime gives the pod's lo to the plugin as it comes from the kernel: down.
    if (this.#ifname === "lo") await pod.place.exec(["ip", "link", "set", "lo", "down"]);
    if (before.length === 0 && prepare === undefined) return pod;
    await this.layFor(pod, this.#ifname);
    return {
      ...pod,
      [Symbol.asyncDispose]: async () => {
        const laid = await this.#undo(pod.containerId);
        await pod[Symbol.asyncDispose]();
        for (const { prepared } of laid) {
          await this.#home(prepared?.object["device"]);
          prepared?.undo();
        }
      },
    };
  }

  /** A device that went with the pod's namespace comes home a moment later; nobody else gets it before. */
  async #home(device: unknown): Promise<void> {
    if (typeof device !== "string") return;
    const endMs = performance.now() + homeMs;
    while (performance.now() < endMs) {
      const { exitCode } = await this.#host.exec(["ip", "link", "show", "dev", device]);
      if (exitCode === 0) return;
      await sleep(20);
    }
  }

  /** For a further interface of a pod, before its ADD. Does nothing the second time. */
  async layFor(pod: Pod, ifname: string): Promise<void> {
    const { before = [], prepare } = this.#plugin;
    if (before.length === 0 && prepare === undefined) return;
    await this.#laying.run(pod.containerId, async () => {
      if (this.#of(pod, ifname) !== undefined) return;
      const laid = await this.#lay(pod, ifname);
      this.#laid.set(pod.containerId, [...(this.#laid.get(pod.containerId) ?? []), laid]);
    });
  }

  /** The plugin object for this attachment, when it has one for itself. */
  object(pod: Pod, ifname: string): Prepared["object"] | undefined {
    return this.#nearest(pod, ifname)?.prepared?.object;
  }

  /** prevResult for this attachment, in this version. */
  previous(pod: Pod, ifname: string, version: string): unknown {
    const laid = this.#nearest(pod, ifname);
    return laid?.result === undefined ? undefined : resultInVersion(laid.result, version);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const container of this.#laid.keys()) await this.#undo(container);
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** For a name that nothing was laid for (one that is refused, say), what the pod has. */
  #nearest(pod: Pod, ifname: string): Laid | undefined {
    return this.#of(pod, ifname) ?? this.#of(pod, this.#ifname);
  }

  #of(pod: Pod, ifname: string): Laid | undefined {
    return this.#laid.get(pod.containerId)?.find((laid) => laid.ifname === ifname);
  }

  async #lay(pod: Pod, ifname: string): Promise<Laid> {
    const { before = [], prepare } = this.#plugin;
    const prepared = await prepare?.();
    if (before.length === 0) return { ifname, prepared, result: undefined, undo: async () => {} };
    const network = { ...networkOf(this.#plugin), plugins: before.map(withType) };
    const attachment: Attachment = { containerId: pod.containerId, ifname, netns: pod.netns };
    const added = await this.#runtime.add(network, attachment);
    if (!added.ok && ifname === this.#ifname) {
      const message = `Cannot prepare a pod for ${this.#plugin.name}: ${added.error.plugin} failed: ${added.error.msg}`;
      throw new OutcomeSignal({ kind: "blocked", message });
    }
    return {
      ifname,
      prepared,
      result: added.ok ? added.result : undefined,
      undo: async () => void (await this.#runtime.del(network, attachment)),
    };
  }

  async #undo(containerId: string): Promise<readonly Laid[]> {
    const all = this.#laid.get(containerId) ?? [];
    this.#laid.delete(containerId);
    for (const laid of all.toReversed()) await laid.undo();
    return all;
  }
}

function withType(object: Readonly<Record<string, unknown>>) {
  return { ...object, type: String(object["type"]) };
}
