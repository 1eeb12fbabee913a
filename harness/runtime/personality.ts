/**
 * How one container runtime treats plugins, where runtimes differ: what it sends, what it makes of results and errors,
 * and when it calls what. The procedure they share is in pod-runtime.ts; each personality is a page of facts.
 */
import type { Verb } from "../spec/version.ts";
import type { Consumed } from "./consume.ts";
import type { Procedure } from "./procedure.ts";
import type { CallError } from "./runtime.ts";

export const personalityNames = ["text", "containerd", "crio", "multus"] as const;
export type PersonalityName = (typeof personalityNames)[number];

/** A pod as the kubelet asks for it. */
export interface PodSandbox {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly containerId: string;
  /** CNI_NETNS; "" once the namespace is closed */
  readonly netns: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly portMappings?: readonly PortMapping[];
  /** bits per second */
  readonly bandwidth?: { readonly ingressRate: number; readonly egressRate: number };
  readonly dns?: { readonly servers: readonly string[]; readonly searches: readonly string[] };
  readonly cgroupPath?: string;
  /** the device the kubelet allocated to the pod */
  readonly deviceId?: string;
  /** true when the API server knows it no more */
  readonly isGone?: boolean;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** What becomes of a DEL that failed: counted as done, asked again by the kubelet, or never asked again. */
export type FailedDel = "done" | "retried" | "forgotten";

export interface Personality {
  readonly name: PersonalityName;
  /** what it sends and how it reads answers: the text's way, or libcni's */
  readonly procedure: Procedure;
  /** how long it waits for a verb; one that is missing waits as long as the plugin likes */
  readonly deadlinesMs: Readonly<Partial<Record<Verb, number>>>;
  /** attaches loopback beside the network, both at the same time */
  readonly attachesLoopback: boolean;
  /** CNI_ARGS comes from a map without an order: another one in each call */
  readonly shufflesArguments: boolean;
  /** DEL goes through the networks in the order of ADD and ends at the first failure; otherwise newest first, all of them */
  readonly stopsAtFailedDel: boolean;
  /** asks VERSION of every plugin when it loads a configuration, and drops it for an error */
  readonly asksVersionAtLoad: boolean;
  /** runs GC once when it starts */
  readonly collectsAtStart: boolean;
  /** CHECK right after each ADD; a failure fails the pod */
  readonly checksAfterAdd: boolean;
  /** refuses an interface name that the pod already uses, before any plugin runs */
  readonly refusesTakenNames: boolean;
  /** GC lists what the runtime itself remembers, whatever it is told */
  readonly listsOwnAttachments: boolean;
  /** keeps the configuration beside its results: DEL of a pod it has lost carries the plugin's type and nothing else of the configuration */
  readonly forgetsConfiguration: boolean;
  /** runs nothing for a pod the API server knows no more, and says that all is well */
  readonly skipsGonePods: boolean;
  cniArgs(pod: PodSandbox): Readonly<Record<string, string>>;
  /** only those a plugin declares reach it */
  capabilityArguments(pod: PodSandbox): Readonly<Record<string, unknown>>;
  /** what the pod's status would say */
  consume(result: unknown, version: string): Consumed;
  failedDel(
    error: CallError,
    at: { readonly netns: string; readonly hasResult: boolean },
  ): FailedDel;
}

/** The pairs that every runtime of Kubernetes passes on. */
export function kubernetesArguments(pod: PodSandbox): Readonly<Record<string, string>> {
  return {
    IgnoreUnknown: "1",
    K8S_POD_NAMESPACE: pod.namespace,
    K8S_POD_NAME: pod.name,
    K8S_POD_INFRA_CONTAINER_ID: pod.containerId,
    K8S_POD_UID: pod.uid,
  };
}
