/** Sandboxes of the runtime double: namespaces of the backend, attached by libcni's procedure. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Node } from "../core/backend.ts";
import type { Plugin } from "../core/plugin.ts";
import type { Attachment } from "./attachment.ts";
import { networkOf } from "./network.ts";
import { type CallOutcome, createRuntime } from "./runtime.ts";
import type { Ending, Sandbox, Sandboxes } from "./sandboxes.ts";

const pluginTimeoutMs = 15_000;

export async function doubleSandboxes(options: {
  readonly node: Node;
  readonly plugin: Plugin;
  readonly signal: AbortSignal;
}): Promise<Sandboxes> {
  const { node, plugin, signal } = options;
  const network = networkOf(plugin);
  const directory = join(node.paths.run, "runtime-cache");
  await mkdir(directory, { recursive: true });
  const timeoutMs = pluginTimeoutMs;
  const runtime = createRuntime({ place: node.host, directory, timeoutMs, signal });

  async function create(name: string): Promise<Sandbox> {
    const pod = await node.createPod(name);
    const attachment: Attachment = {
      containerId: pod.containerId,
      ifname: "eth0",
      netns: pod.netns,
      cniArgs: {
        IgnoreUnknown: "1",
        K8S_POD_NAMESPACE: "default",
        K8S_POD_NAME: name,
        K8S_POD_INFRA_CONTAINER_ID: pod.containerId,
      },
    };
    return {
      name,
      pod,
      async attach() {
        const added = await runtime.add(network, attachment);
        if (!added.ok) return failed(added);
        const durationMs = added.calls.reduce((sum, call) => sum + call.evidence.durationMs, 0);
        return { ok: true, pod, result: added.result, durationMs, call: "ADD" };
      },
      detach: async () => ending(await runtime.del(network, attachment)),
      check: async () => ending(await runtime.check(network, attachment)),
      async [Symbol.asyncDispose]() {
        const deleted = await runtime.del(network, attachment);
        await pod[Symbol.asyncDispose]();
        if (!deleted.ok) throw new Error(`Cannot detach "${name}": ${deleted.error.msg}`);
      },
    };
  }

  return {
    node,
    network,
    create,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

function ending(outcome: CallOutcome): Ending {
  return outcome.ok ? { ok: true } : failed(outcome);
}

function failed({ error, calls }: Extract<CallOutcome, { ok: false }>) {
  const msg = `code ${error.code}: ${error.msg}`;
  return { ok: false, msg, evidence: calls.map(({ evidence }) => evidence) } as const;
}
