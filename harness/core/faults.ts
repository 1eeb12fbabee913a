/**
 * What goes wrong on a node, done on purpose: the fault controls that suites share. They are an installation's, made of
 * its own processes and files and of what the backend can do to hardware and kernels (node-faults.ts).
 *
 * Every verb resolves when the fault is complete, never when the plugin has noticed: that is for the suite to wait
 * for, with a bound. Verbs are idempotent, and `mend` ends every fault that can be ended.
 */
import type { Node } from "./backend.ts";
import type { NodeFaults, VfChange } from "./node-faults.ts";

/** A long-running process of the plugin, seen by its pid alone. */
export interface ProcessFaults {
  readonly name: string;
  /** "frozen": it keeps its sockets and answers nobody */
  readonly state: "running" | "frozen" | "dead";
  /** SIGKILL, also to a frozen one. Its sockets and files are as it left them. */
  kill(): Promise<void>;
  /** SIGSTOP */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
  /** Starts it again, unless it runs. */
  start(): void;
}

/** What power loss, a failing disk, another program or a newer release makes of a state file. */
export const damages = ["empty", "half", "zeros", "foreign", "future"] as const;
export type Damage = (typeof damages)[number];

/** On which side of the management link something is. */
export type Side = "host" | "dpu";

export interface Faults extends Pick<NodeFaults, "link" | "changeVfs"> {
  readonly node: Node;
  readonly daemon: ProcessFaults;
  readonly agent: ProcessFaults;
  /** Files that hold state of attachments, sorted; the configuration is none. */
  stateFiles(side: Side): Promise<readonly string[]>;
  /** Files that its process found damaged and put aside, sorted. */
  setAside(side: Side): Promise<readonly string[]>;
  /** Empties its state folder; its process should be dead. */
  wipe(side: Side): Promise<void>;
  /** Does it to one of `stateFiles`; whoever has read it before goes on with what it knows. */
  damage(file: string, damage: Damage): Promise<void>;
  /** Kills the daemon, boots the host, starts the daemon. */
  rebootHost(vfs?: VfChange): Promise<void>;
  /** Kills the agent, boots the DPU, starts the agent; with `state` "lost" its state folder is empty then. */
  rebootDpu(options: { readonly state: "kept" | "lost" }): Promise<void>;
  /** Heals the link, thaws, starts what is dead, and waits until STATUS is 0. Rejects after 20 s, saying why. */
  mend(signal?: AbortSignal): Promise<void>;
}
