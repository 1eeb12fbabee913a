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
  stopsAtFailedDel: true,
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

/** The keys inside are those of go-cni's Go types, which have no JSON names: readers in Go do not mind the capitals. */
function capabilityArguments(pod: PodSandbox): Readonly<Record<string, unknown>> {
  const { portMappings = [], bandwidth, dns, cgroupPath, annotations } = pod;
  return {
    ...(portMappings.length > 0 && {
      portMappings: portMappings.map(({ hostPort, containerPort, protocol }) => ({
        HostPort: hostPort,
        ContainerPort: containerPort,
        Protocol: protocol,
        HostIP: "",
      })),
    }),
    ...(bandwidth && {
      bandwidth: {
        IngressRate: bandwidth.ingressRate,
        IngressBurst: unboundedBurst,
        EgressRate: bandwidth.egressRate,
        EgressBurst: unboundedBurst,
      },
    }),
    ...(dns && { dns: { Servers: dns.servers, Searches: dns.searches, Options: null } }),
    ...(cgroupPath !== undefined && { cgroupPath }),
    ...(annotations && { "io.kubernetes.cri.pod-annotations": annotations }),
  };
}
