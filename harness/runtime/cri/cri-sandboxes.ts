/** Sandboxes of a real containerd: one call makes the pod and attaches its network, as for the kubelet. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Node, Pod } from "../../core/backend.ts";
import type { Plugin } from "../../core/plugin.ts";
import { compareVersions } from "../../spec/version.ts";
import { type Network, networkOf } from "../network.ts";
import type { Ending, Failed, Sandbox, Sandboxes } from "../sandboxes.ts";
import { Containerd } from "./containerd.ts";
import { CriError } from "./cri.ts";
import { newestCniVersion } from "./newest-cni-version.ts";

/** where libcni keeps results; containerd 1.x has no setting for it */
const resultsFolder = "/var/lib/cni/results";

export async function criSandboxes(options: {
  readonly node: Node;
  readonly plugin: Plugin;
  readonly signal: AbortSignal;
}): Promise<Sandboxes> {
  const { node, plugin, signal } = options;
  const newest = await newestCniVersion(node.host);
  const known = plugin.versions.filter((version) => compareVersions(version, newest) <= 0);
  const network = networkOf(plugin, known.at(-1) ?? newest);
  const containerd = await Containerd.start(node, network, signal);
  const { cri } = containerd;
  return {
    node,
    network,
    create: async (name) => sandboxOf(name),
    [Symbol.asyncDispose]: () => containerd[Symbol.asyncDispose](),
  };

  function sandboxOf(name: string): Sandbox {
    const uid = randomUUID();
    let attempt = 0;
    let current: { readonly id: string; readonly pod: Pod } | undefined;

    async function end(): Promise<void> {
      if (current === undefined) return;
      const { id, pod } = current;
      await cri.stopPodSandbox(id);
      await pod[Symbol.asyncDispose]();
      await cri.removePodSandbox(id);
      current = undefined;
    }

    return {
      name,
      async attach() {
        const startedMs = performance.now();
        try {
          const config = { namespace: "default", name, uid, attempt: attempt++ };
          const id = await cri.runPodSandbox(config);
          const durationMs = performance.now() - startedMs;
          const { netns } = await cri.status(id);
          const pod = node.adoptPod({ name, netns, containerId: id });
          current = { id, pod };
          const result = await keptResult(network, id);
          return { ok: true, pod, result, durationMs, call: "RunPodSandbox" };
        } catch (error) {
          return failed(error);
        }
      },
      detach: () => ended(end),
      [Symbol.asyncDispose]: end,
    };
  }
}

async function ended(work: () => Promise<void>): Promise<Ending> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Failed {
  if (!(error instanceof CriError)) throw error;
  return { ok: false, msg: error.message, evidence: [] };
}

/** The plugin's own result; the sandbox's status has only what containerd made of it. */
async function keptResult(network: Network, id: string): Promise<unknown> {
  const text = await readFile(join(resultsFolder, `${network.name}-${id}-eth0`), "utf8");
  return JSON.parse(text).result;
}
