/** A CNI plugin as a contender: its verbs called on one node as a runtime calls them, by the caller's clock. */
import { randomBytes } from "node:crypto";
import type { Node } from "../../../core/backend.ts";
import type { Installation } from "../../../core/installation.ts";
import type { Attachment } from "../../../runtime/attachment.ts";
import { networkOf } from "../../../runtime/network.ts";
import { type CallOutcome, createRuntime } from "../../../runtime/runtime.ts";
import { verbExists } from "../../../spec/version.ts";
import type { Caller } from "../caller/caller.ts";
import { benchVerbs, type Contender, type Seat, type Verb } from "../contender.ts";
import { processCpuMs } from "../process-cpu.ts";

export interface PluginContenderOptions {
  readonly name: string;
  readonly installation: Installation;
  readonly node: Node;
  readonly caller: Caller;
  /** where the runtime keeps results */
  readonly directory: string;
}

export function pluginContender(options: PluginContenderOptions): Contender {
  const { name, installation, node, caller, directory } = options;
  const runtime = createRuntime({ place: caller.place, directory });
  const network = networkOf(installation.plugin(node));
  const call = (verb: Verb, seat: Seat): Promise<CallOutcome> => {
    if (verb === "ADD") seat.containerId = randomBytes(32).toString("hex");
    const attachment = attachmentOf(seat);
    switch (verb) {
      case "ADD":
        return runtime.add(network, attachment);
      case "CHECK":
        return runtime.check(network, attachment);
      case "STATUS":
        return runtime.status(network);
      case "DEL":
        return runtime.del(network, attachment);
    }
  };
  return {
    name,
    node,
    verbs: benchVerbs.filter((verb) => verbExists(verb, network.cniVersion)),
    async call(verb, seat) {
      const outcome = await call(verb, seat);
      if (outcome.ok) return outcome.calls.reduce((sum, one) => sum + one.evidence.durationMs, 0);
      const { code, msg } = outcome.error;
      throw new Error(`${name} answered ${verb} of pod ${seat.pod.name} with code ${code}: ${msg}`);
    },
    async cpu() {
      const processes = installation.processes?.(node) ?? [];
      const of = (side: "host" | "dpu") =>
        processes
          .filter((one) => one.side === side)
          .reduce((sum, { pid }) => sum + processCpuMs(pid), 0);
      return { plugin: await caller.childrenMs(), daemon: of("host"), dpu: of("dpu") };
    },
  };
}

function attachmentOf({ pod, containerId }: Seat): Attachment {
  return {
    containerId,
    ifname: "eth0",
    netns: pod.netns,
    cniArgs: {
      IgnoreUnknown: "1",
      K8S_POD_NAMESPACE: "default",
      K8S_POD_NAME: pod.name,
      K8S_POD_INFRA_CONTAINER_ID: containerId,
    },
  };
}
