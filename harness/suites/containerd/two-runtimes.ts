/** One node with a real containerd and the runtime double beside it, both over the same scripted plugin. */
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Node } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { Containerd } from "../../runtime/cri/containerd.ts";
import { CriError } from "../../runtime/cri/cri.ts";
import { whyNoContainerd } from "../../runtime/cri/why-no-containerd.ts";
import { loopbackNetwork } from "../../runtime/loopback-network.ts";
import type { Network } from "../../runtime/network.ts";
import { containerd as personality } from "../../runtime/personalities/containerd.ts";
import { createPodRuntime, type PodRun, type PodStop } from "../../runtime/pod-runtime.ts";
import {
  placeScripted,
  type ScriptedPlugin,
  scriptedCalls,
} from "../../runtime/scripted-plugin.ts";
import { Closing } from "../closing.ts";
import { type End, type PluginCall, type PodView, plainCall } from "./pod-view.ts";

export type Side = "double" | "containerd";
type Answers = Readonly<Record<string, string>>;

const verbs = ["ADD", "DEL"];

export class TwoRuntimes implements Fixture {
  readonly #node: Node;
  readonly #closing: Closing;
  readonly #containerd: Containerd;

  private constructor(node: Node, containerd: Containerd, closing: Closing) {
    this.#node = node;
    this.#containerd = containerd;
    this.#closing = closing;
  }

  static async open({ world, signal, progress }: SuiteContext): Promise<TwoRuntimes> {
    const message = await whyNoContainerd();
    if (message !== undefined) throw new OutcomeSignal({ kind: "skipped", message });
    const [node] = world.nodes;
    if (node === undefined) throw new Error("Cannot start containerd: the world has no nodes");
    const closing = new Closing();
    try {
      for (const side of ["double", "containerd"] as const) {
        closing.defer(() => rm(folderOf(node, side), { recursive: true, force: true }));
      }
      const folder = folderOf(node, "containerd");
      await placeScripted(folder, pluginType);
      progress("containerd: starting");
      const network = networkIn(folder);
      const containerd = closing.use(await Containerd.start(node, network, signal));
      return new TwoRuntimes(node, containerd, closing);
    } catch (error) {
      await closing[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  }

  /** One pod's life: run, stop, gone. */
  async play(side: Side, answers: Answers, t: CheckContext): Promise<PodView> {
    const folder = folderOf(this.#node, side);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const plugin = await placeScripted(folder, pluginType);
    for (const [verb, script] of Object.entries(answers)) await plugin.on(verb, script);
    const pod = { namespace: "default", name: "pod", uid: randomUUID() };
    const life = side === "double" ? await this.#double(pod, t) : await this.#real(pod, t);
    const calls = (await scriptedCalls(folder)).map((line) => line.split(" ")[1] ?? "");
    return { ...life, verbs: calls, calls: await callsOf(plugin, calls, pod.uid) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }

  async #double(pod: PodName, t: CheckContext): Promise<Life> {
    const node = this.#node;
    const sandbox = await node.createPod("double");
    t.cleanup(async () => sandbox[Symbol.asyncDispose]());
    const cache = join(node.paths.run, "results-double");
    t.cleanup(() => rm(cache, { recursive: true, force: true }));
    const loopback = await loopbackNetwork();
    const runtime = createPodRuntime(personality, {
      networks: [networkIn(folderOf(node, "double"))],
      ...(loopback && { loopback }),
      place: node.host,
      directory: cache,
      timeoutMs: 15_000,
      signal: t.signal,
      seed: t.seed,
    });
    const { containerId, netns } = sandbox;
    const asked = { ...pod, containerId, netns };
    const ran = await runtime.run(asked);
    if (ran.kind !== "running") return { run: endOf(ran), ips: [], why: ran.msg };
    const stopped = await runtime.stop(asked);
    return { run: "done", ips: ran.ips, why: "", stop: endOf(stopped) };
  }

  async #real(pod: PodName, t: CheckContext): Promise<Life> {
    const { cri } = this.#containerd;
    const containerd = this.#containerd;
    t.cleanup(async () => {
      if (!containerd.runs) await containerd.restart(AbortSignal.timeout(15_000));
      // A plugin that refuses DEL would keep its pod for ever.
      await rm(join(folderOf(this.#node, "containerd"), `${pluginType}.d`, "DEL.sh"), {
        force: true,
      });
      for (const left of await cri.list()) await cri.removePodSandbox(left);
    });
    let id: string;
    try {
      id = await cri.runPodSandbox(pod);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const run = error.isLost && (await containerd.ends(2_000)) ? "gone" : "refused";
      return { run, ips: [], why: error.message };
    }
    const { ips } = await cri.status(id);
    const stop = await cri.stopPodSandbox(id).then(
      () => "done" as const,
      (error: unknown) => {
        t.log(`StopPodSandbox: ${error}`);
        return "refused" as const;
      },
    );
    return { run: "done", ips, why: "", stop };
  }
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

type Life = Omit<PodView, "verbs" | "calls">;

const pluginType = "scripted";

function folderOf(node: Node, side: Side): string {
  return join(node.paths.run, `scripted-${side}`);
}

function networkIn(folder: string): Network {
  return {
    name: "scripted-net",
    cniVersion: "1.0.0",
    plugins: [{ type: pluginType, marker: ["kept", "as it is"] }],
    cniPath: [folder],
    disableCheck: false,
    disableGC: false,
  };
}

function endOf(ended: PodRun | PodStop): End {
  switch (ended.kind) {
    case "running":
    case "stopped":
    case "done":
    case "forgotten":
      return "done";
    case "failed":
    case "retried":
      return "refused";
    case "crashed":
      return "gone";
  }
}

async function callsOf(
  plugin: ScriptedPlugin,
  seen: readonly string[],
  uid: string,
): Promise<Readonly<Record<string, PluginCall>>> {
  const called = verbs.filter((verb) => seen.includes(verb));
  const calls = await Promise.all(
    called.map(async (verb) => {
      const environment = await plugin.environment(verb);
      const {
        CNI_PATH: FOLDER = "",
        CNI_NETNS: NETNS = "",
        CNI_CONTAINERID: ID = "",
      } = environment;
      const all = { UID: uid, FOLDER, NETNS, ID };
      return [verb, plainCall({ environment, stdin: await plugin.stdin(verb) }, all)] as const;
    }),
  );
  return Object.fromEntries(calls);
}
