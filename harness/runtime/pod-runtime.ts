/** Plays the runtime of one node for whole pods, in one personality: what the kubelet asks for, and what it hears back. */
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mixSeed } from "../core/seed.ts";
import { verbExists } from "../spec/version.ts";
import type { Attachment } from "./attachment.ts";
import type { Consumed } from "./consume.ts";
import type { ValidAttachment } from "./derive.ts";
import type { Network } from "./network.ts";
import type { Personality, PodSandbox } from "./personality.ts";
import {
  type Call,
  type CallError,
  type CallOutcome,
  createRuntime,
  type Runtime,
} from "./runtime.ts";

export type PodRun =
  | {
      readonly kind: "running";
      readonly ips: readonly string[];
      /** of the first network; undefined when nothing was run for a pod that is gone */
      readonly result: unknown;
      readonly calls: readonly Call[];
    }
  | {
      readonly kind: "failed";
      /** what the kubelet hears */
      readonly msg: string;
      /** the teardown's own failure, which nobody hears of */
      readonly unheard?: CallError;
      readonly calls: readonly Call[];
    }
  /** the runtime itself went down over the result; nothing was torn down */
  | { readonly kind: "crashed"; readonly msg: string; readonly calls: readonly Call[] };

export type PodStop =
  | { readonly kind: "stopped"; readonly calls: readonly Call[] }
  /** the plugin failed and the kubelet hears that all is done, now (`done`) or because nobody asks again (`forgotten`) */
  | {
      readonly kind: "done" | "forgotten" | "retried";
      readonly error: CallError;
      readonly calls: readonly Call[];
    };

export interface PodRuntime {
  /** Loads the configuration and starts: VERSION and GC where this runtime asks for them. */
  start(): Promise<CallOutcome>;
  run(pod: PodSandbox): Promise<PodRun>;
  stop(pod: PodSandbox): Promise<PodStop>;
  /** What a restart does for pods that run. */
  recover(pod: PodSandbox): Promise<CallOutcome>;
  /** @param valid as the kubelet's view has it; some runtimes put their own in its place */
  gc(valid: readonly ValidAttachment[] | null): Promise<CallOutcome>;
  status(): Promise<CallOutcome>;
}

interface Way {
  readonly runtime: Runtime;
  readonly network: Network;
  readonly ifname: string;
}

export function createPodRuntime(
  personality: Personality,
  options: Omit<Parameters<typeof createRuntime>[0], "deadlinesMs" | "procedure"> & {
    /** the first is the pod's default network, on eth0; the others are on net1, net2 … */
    readonly networks: readonly [Network, ...Network[]];
    /** for a runtime that attaches it; without one it goes without */
    readonly loopback?: Network;
    /** of the order of CNI_ARGS */
    readonly seed: number;
  },
): PodRuntime {
  const { networks, loopback, seed } = options;
  const { procedure, deadlinesMs } = personality;
  const newRuntime = () => createRuntime({ ...options, procedure, deadlinesMs });
  const runtime = newRuntime();
  const beside: readonly Way[] =
    personality.attachesLoopback && loopback
      ? // A lock of its own: the two run at the same time in one container.
        [{ runtime: newRuntime(), network: loopback, ifname: "lo" }]
      : [];
  const ways: readonly Way[] = networks.map((network, i) => ({
    runtime,
    network,
    ifname: i === 0 ? "eth0" : `net${i}`,
  }));
  const taken = new Set<string>();
  let orders = 0;

  function attachmentOf(pod: PodSandbox, ifname: string): Attachment {
    const args = Object.entries(personality.cniArgs(pod));
    orders += 1;
    const rank = ([name]: readonly [string, string]) => mixSeed(seed + orders, name);
    return {
      containerId: pod.containerId,
      ifname,
      netns: pod.netns,
      cniArgs: Object.fromEntries(
        personality.shufflesArguments ? args.toSorted((a, b) => rank(a) - rank(b)) : args,
      ),
      capabilityArguments: personality.capabilityArguments(pod),
    };
  }

  /** Beside the results, and there from before the first ADD on: also a failed one is torn down with it. */
  const noteOf = ({ containerId }: PodSandbox) => join(options.directory, `${containerId}.noted`);
  const isNoted = (pod: PodSandbox) =>
    access(noteOf(pod)).then(
      () => true,
      () => false,
    );

  async function attach(pod: PodSandbox, way: Way): Promise<Attached> {
    const { runtime: own, network, ifname } = way;
    const key = `${pod.containerId}/${ifname}`;
    if (personality.refusesTakenNames && taken.has(key)) {
      return { calls: [], failure: `interface name "${ifname}" is taken in this pod`, way };
    }
    const attachment = attachmentOf(pod, ifname);
    const added = await own.add(network, attachment);
    if (!added.ok) return { calls: added.calls, failure: added.error.heard, way };
    taken.add(key);
    const done = { result: added.result, way };
    if (!personality.checksAfterAdd || !verbExists("CHECK", network.cniVersion)) {
      return { ...done, calls: added.calls };
    }
    const checked = await own.check(network, attachment);
    const calls = [...added.calls, ...checked.calls];
    return checked.ok ? { ...done, calls } : { calls, failure: checked.error.heard, way };
  }

  async function attachAll(pod: PodSandbox): Promise<readonly Attached[]> {
    const besides = beside.map((way) => attach(pod, way));
    const attached: Attached[] = [];
    for (const way of ways) {
      const one = await attach(pod, way);
      attached.push(one);
      if (one.failure !== undefined) break;
    }
    return [...attached, ...(await Promise.all(besides))];
  }

  async function detach(pod: PodSandbox, way: Way): Promise<PodStop> {
    const { runtime: own, network, ifname } = way;
    const attachment = attachmentOf(pod, ifname);
    const hasResult = (await own.cached(network, attachment)) !== undefined;
    const outcome = await own.del(
      personality.forgetsConfiguration && !(await isNoted(pod)) ? almostEmpty(network) : network,
      attachment,
    );
    const { calls } = outcome;
    const kind = outcome.ok
      ? "stopped"
      : personality.failedDel(outcome.error, { netns: pod.netns, hasResult });
    if (kind !== "retried") {
      taken.delete(`${pod.containerId}/${ifname}`);
      await own.forget(network, attachment);
    }
    return outcome.ok || kind === "stopped"
      ? { kind: "stopped", calls }
      : { kind, error: outcome.error, calls };
  }

  /** The worst end counts. @param all loopback first, then the networks in their order */
  async function detachAll(pod: PodSandbox, all: readonly Way[]): Promise<PodStop> {
    const stops: PodStop[] = [];
    const { stopsAtFailedDel } = personality;
    for (const way of stopsAtFailedDel ? all : all.toReversed()) {
      const stop = await detach(pod, way);
      stops.push(stop);
      if (stopsAtFailedDel && (stop.kind === "retried" || stop.kind === "forgotten")) break;
    }
    const worst = (["retried", "forgotten", "done", "stopped"] as const)
      .map((kind) => stops.find((stop) => stop.kind === kind))
      .find((stop) => stop !== undefined);
    if (worst?.kind !== "retried") await rm(noteOf(pod), { force: true });
    return { ...(worst ?? { kind: "stopped" }), calls: stops.flatMap(({ calls }) => calls) };
  }

  return {
    async start() {
      const calls: Call[] = [];
      for (const network of personality.asksVersionAtLoad ? networks : []) {
        const asked = await runtime.version(network);
        calls.push(...asked.calls);
        if (!asked.ok) return { ...asked, calls };
      }
      if (!personality.collectsAtStart) return { ok: true, calls };
      const known = (await Promise.all(networks.map((one) => runtime.attachments(one)))).flat();
      const collected = await this.gc(known.length === 0 ? null : known);
      return { ...collected, calls: [...calls, ...collected.calls] };
    },

    async run(pod) {
      if (pod.isGone && personality.skipsGonePods) {
        return { kind: "running", ips: [], result: undefined, calls: [] };
      }
      if (personality.forgetsConfiguration) {
        await mkdir(options.directory, { recursive: true });
        await writeFile(noteOf(pod), "");
      }
      const attached = await attachAll(pod);
      const calls = attached.flatMap((one) => one.calls);
      const [first] = attached;
      const failure = attached.find((one) => one.failure !== undefined)?.failure;
      const consumed: Consumed =
        failure === undefined
          ? personality.consume(first?.result, networks[0].cniVersion)
          : { kind: "refused", msg: failure };
      switch (consumed.kind) {
        case "pod":
          return { kind: "running", ips: consumed.ips, result: first?.result, calls };
        case "panic":
          return { kind: "crashed", msg: consumed.msg, calls };
        case "refused": {
          // Only what ran: a refused name belongs to somebody else's attachment.
          const ran = attached.filter((one) => one.calls.length > 0).map(({ way }) => way);
          const down = await detachAll(
            pod,
            [...beside, ...ways].filter((way) => ran.includes(way)),
          );
          return {
            kind: "failed",
            msg: consumed.msg,
            ...(down.kind !== "stopped" && { unheard: down.error }),
            calls: [...calls, ...down.calls],
          };
        }
      }
    },

    stop: (pod) => detachAll(pod, [...beside, ...ways]),

    async recover(pod) {
      const [network] = networks;
      if (!personality.checksAfterAdd || !verbExists("CHECK", network.cniVersion)) {
        return { ok: true, calls: [] };
      }
      return runtime.check(network, attachmentOf(pod, "eth0"));
    },

    async gc(valid) {
      const calls: Call[] = [];
      let failed: CallOutcome | undefined;
      for (const network of networks) {
        const own = personality.listsOwnAttachments ? await runtime.attachments(network) : valid;
        const collected = await runtime.gc(network, own);
        calls.push(...collected.calls);
        if (!collected.ok) failed ??= collected;
      }
      return failed === undefined ? { ok: true, calls } : { ...failed, calls };
    },

    // The default network alone: an extra one must not take the node down.
    status: () => runtime.status(networks[0]),
  };
}

interface Attached {
  readonly calls: readonly Call[];
  readonly way: Way;
  readonly result?: unknown;
  readonly failure?: string;
}

function almostEmpty(network: Network): Network {
  return { ...network, plugins: network.plugins.map(({ type }) => ({ type })) };
}
