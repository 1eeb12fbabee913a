/** containerd's CRI plugin with go-cni: loopback beside the network, error texts as filters, never CHECK or GC. */
import { consumeByGoCni } from "../consume.ts";
import { kubernetesArguments, type Personality, type PodSandbox } from "../personality.ts";
import { libcniProcedure } from "../procedures/libcni.ts";

/** bytes: the largest that its type holds, meaning no bound */
const unboundedBurst = 2 ** 32 - 1;

export const containerd: Personality = {
  name: "containerd",
  procedure: libcniProcedure,
  // ADD and DEL end with the kubelet's call; STATUS is asked with no bound at all.
  deadlinesMs: { ADD: 120_000, DEL: 120_000 },
  attachesLoopback: true,
  shufflesArguments: true,
  asksVersionAtLoad: false,
  collectsAtStart: false,
  checksAfterAdd: false,
  refusesTakenNames: false,
  listsOwnAttachments: false,
  forgetsConfiguration: false,
  skipsGonePods: false,
  cniArgs: kubernetesArguments,
  capabilityArguments,
  consume: consumeByGoCni,
  failedDel({ heard }, { netns, hasResult }) {
    // Meant for namespaces and interfaces that are gone, but any error with these words passes.
    const filtered =
      heard.includes("not found") || (netns === "" && heard.includes("no such file or directory"));
    if (filtered) return "done";
    return hasResult ? "retried" : "forgotten";
  },
};

function capabilityArguments(pod: PodSandbox): Readonly<Record<string, unknown>> {
  const { portMappings = [], bandwidth, dns, cgroupPath, annotations } = pod;
  return {
    ...(portMappings.length > 0 && {
      portMappings: portMappings.map((one) => ({ ...one, hostIP: "" })),
    }),
    ...(bandwidth && {
      bandwidth: { ...bandwidth, ingressBurst: unboundedBurst, egressBurst: unboundedBurst },
    }),
    ...(dns && { dns: { ...dns, options: [] } }),
    ...(cgroupPath !== undefined && { cgroupPath }),
    ...(annotations && { "io.kubernetes.cri.pod-annotations": annotations }),
  };
}
