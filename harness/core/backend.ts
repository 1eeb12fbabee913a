/**
 * A world to run in. A backend makes nodes and, where it emulates them, their cards; it knows nothing of any
 * plugin. What a plugin needs on a node (binaries, daemons, configuration) is an `Installation`, made on a world
 * through what is on this page only.
 *
 * A world's pieces live under one name (`World.id`) so that `dnc clean` finds every trace of a run that died.
 */
import type { NodeFaults } from "./node-faults.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Backend {
  readonly name: "netns";
  /** Each prerequisite: found, or missing and what to do. Changes nothing. */
  doctor(): Promise<readonly Prerequisite[]>;
  /** Brings a world up; undoes everything when it fails or `signal` aborts. */
  up(
    spec: WorldSpec,
    options: { readonly signal: AbortSignal; progress(line: string): void },
  ): Promise<World>;
  /** Removes what dead runs left, and nothing of live ones; says what. */
  clean(progress: (line: string) => void): Promise<{ readonly removed: readonly string[] }>;
}

export interface Prerequisite {
  readonly name: string;
  readonly state: "found" | "missing" | "optionalMissing";
  /** version or path when found; what will not work when missing */
  readonly detail: string;
  /** the command that mends it */
  readonly remedy?: string;
}

export interface WorldSpec {
  readonly nodes: number;
  /** virtual functions per node's card */
  readonly vfs: number;
  /** MTU of the fabric and the VFs; default 1500 */
  readonly mtu?: number;
}

export interface World extends AsyncDisposable {
  /** short and unique: "dnc-4f1c" */
  readonly id: string;
  readonly backend: Backend["name"];
  /** scratch folder of this world, removed with it */
  readonly directory: string;
  readonly nodes: readonly Node[];
  /** Everything a leak could show in: links, addresses, routes, rules, neighbours, tc, nft, namespaces, processes,
   *  files below the nodes' directories, VFs and their attributes. */
  snapshot(): Promise<Snapshot>;
  /** Keeps the world when disposed, and says how to enter and remove it. */
  retain(): readonly string[];
}

export interface Node {
  /** "node1" */
  readonly name: string;
  /** from 1 */
  readonly number: number;
  /** the server: pods, runtime, CNI plugins */
  readonly host: Place;
  /** the card's own system */
  readonly dpu: Place;
  /** as it is now: a fault may change its VFs */
  readonly card: Card;
  /** what can be done to its hardware and kernels; none: nothing, as on a board that others use too */
  readonly faults?: NodeFaults;
  /** the node's private directories; absolute paths */
  readonly paths: NodePaths;
  /** A pod's sandbox: a network namespace of its own on this node, with `lo` up. */
  createPod(name: string): Promise<Pod>;
  /** A sandbox that a container runtime made on this node, and alone removes: disposing the pod does nothing to it. */
  adoptPod(made: {
    readonly name: string;
    readonly netns: string;
    readonly containerId: string;
  }): Pod;
}

export interface NodePaths {
  /** CNI executables */
  readonly cniBin: string;
  /** CNI configuration files */
  readonly cniConf: string;
  /** state of what is installed on the host */
  readonly hostState: string;
  /** state of what is installed on the DPU */
  readonly dpuState: string;
  /** sockets */
  readonly run: string;
  readonly logs: string;
  /** root, state and socket of a container runtime; its own business, so no part of snapshots */
  readonly runtime: string;
  /** of the emulated card, "/sys" on real hardware */
  readonly sysfsRoot: string;
}

/** What differs between cards and is known from the outside. */
export interface Card {
  /** PCI addresses of the physical functions */
  readonly pfs: readonly string[];
  readonly vfs: readonly CardVf[];
  /** DPU netdev of a VF, as a pattern with {pf} and {vf} */
  readonly representor: string;
  /** DPU netdev towards the fabric */
  readonly uplink: string;
  /** management addresses: host and DPU ends */
  readonly management: { readonly host: string; readonly dpu: string };
  /** addresses of the DPU on the fabric */
  readonly fabric: { readonly ipv4: string; readonly ipv6: string };
}

export interface CardVf {
  readonly pciAddress: string;
  readonly pf: number;
  readonly index: number;
  /** netdev name at home */
  readonly netdev: string;
  readonly representor: string;
}

/** Somewhere a command can run: a network namespace of this machine here, a container or an ssh host elsewhere. */
export interface Place {
  readonly name: string;
  /** path of its network namespace as seen by commands run in it */
  readonly netns: string;
  /** argv that runs `argv` there, for messages people can paste and for spawning */
  command(argv: readonly string[]): readonly string[];
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** A long-running process; stopped (SIGTERM, then SIGKILL) when the world is disposed at the latest. */
  spawn(argv: readonly string[], options?: SpawnOptions): Process;
}

export interface ExecOptions {
  readonly stdin?: string | Uint8Array;
  /** exactly these variables, nothing inherited; default: PATH and LC_ALL=C */
  readonly environment?: Readonly<Record<string, string>>;
  /** default 30,000; at the end SIGKILL */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
}

/** Never throws for what the command did: look at it. */
export interface ExecResult {
  readonly argv: readonly string[];
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** something it left behind still held its stdout or stderr open a while (200 ms) after it had ended */
  readonly pipesHeld?: boolean;
}

export interface SpawnOptions {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** stdout and stderr are appended here */
  readonly logFile?: string;
  /** gives `Process.lines`/`Process.write` on its stdin and stdout instead of the log */
  readonly interactive?: boolean;
}

export interface Process {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<{ readonly exitCode?: number; readonly signal?: string }>;
  /** undefined while it runs */
  readonly ended?: { readonly exitCode?: number; readonly signal?: string };
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, SIGKILL after 3 s; resolves when it is gone. */
  stop(): Promise<void>;
  write(line: string): void;
  lines(): AsyncIterable<string>;
}

export interface Pod extends AsyncDisposable {
  readonly name: string;
  readonly node: Node;
  /** CNI_NETNS */
  readonly netns: string;
  readonly place: Place;
  /** a container id as a runtime would make one: 64 hex digits */
  readonly containerId: string;
}
