/** A runtime of one personality, played over one plugin on one node, and the pods it runs. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { loopbackNetwork } from "../../runtime/loopback-network.ts";
import { type Network, networkOf } from "../../runtime/network.ts";
import type { Personality, PodSandbox } from "../../runtime/personality.ts";
import { createPodRuntime, type PodRun, type PodRuntime } from "../../runtime/pod-runtime.ts";
import type { Call } from "../../runtime/runtime.ts";
import type { Subject } from "../conformance/subject.ts";
import { ipFacts } from "../ip-facts.ts";

export interface PlayedPod extends PodSandbox {
  readonly pod: Pod;
}

export interface Played {
  readonly personality: Personality;
  readonly subject: Subject;
  readonly network: Network;
  readonly hasLoopback: boolean;
  /** where it keeps results; losing it is a thing that happens */
  readonly cacheDirectory: string;
  /** A runtime over this network, or another; as often as wanted, as after a restart: the cache is the same. */
  runtime(network?: Network): PodRuntime;
  pod(): Promise<PlayedPod>;
  /** Runs the pod, and fails the check unless it runs. */
  mustRun(runtime: PodRuntime, pod: PlayedPod): Promise<Extract<PodRun, { kind: "running" }>>;
  /** Stops the pod, and fails the check unless all was done. */
  mustStop(runtime: PodRuntime, pod: PodSandbox): Promise<void>;
}

export async function play(
  personality: Personality,
  subject: Subject,
  t: CheckContext,
): Promise<Played> {
  const { node, plugin } = subject;
  const network = networkOf(plugin);
  const cacheDirectory = join(node.paths.run, `results-${personality.name}-${t.seed}`);
  t.cleanup(() => rm(cacheDirectory, { recursive: true, force: true }));
  const loopback = await loopbackNetwork();
  const keep = (calls: readonly Call[]) => {
    for (const { evidence } of calls) t.evidence(evidence);
  };
  return {
    personality,
    subject,
    network,
    cacheDirectory,
    hasLoopback: loopback !== undefined,
    runtime: (own = network) =>
      createPodRuntime(personality, {
        networks: [own],
        ...(loopback && { loopback }),
        place: node.host,
        directory: cacheDirectory,
        timeoutMs: 15_000,
        signal: t.signal,
        seed: t.seed,
      }),

    async pod() {
      const pod = await subject.pod(t);
      const { name, containerId, netns } = pod;
      return { namespace: "default", name, uid: `uid-${name}`, containerId, netns, pod };
    },

    async mustRun(runtime, pod) {
      const ran = await runtime.run(pod);
      keep(ran.calls);
      if (ran.kind === "running") return ran;
      const end = ran.kind === "crashed" ? "goes down" : "fails the pod";
      return t.fail(`${personality.name} should run ${pod.name}, it ${end}: ${ran.msg}`);
    },

    async mustStop(runtime, pod) {
      const stopped = await runtime.stop(pod);
      keep(stopped.calls);
      if (stopped.kind === "stopped") return;
      const { code, msg } = stopped.error;
      t.fail(`DEL of ${pod.name} should succeed, it failed with code ${code}: ${msg}`);
    },
  };
}

/** Addresses of eth0 as the kernel has them, without prefix lengths. */
export async function addressesIn({ pod }: PlayedPod): Promise<readonly string[]> {
  const { links } = await ipFacts(pod.place);
  const found = links.find(({ name }) => name === "eth0")?.addresses ?? [];
  return found.map((address) => address.split("/")[0] ?? "");
}
