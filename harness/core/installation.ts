/** A plugin brought onto a world: ours with its daemons, or a foreign one that is only a binary and a configuration. */
import type { Node, World } from "./backend.ts";
import type { Faults } from "./faults.ts";
import type { Plugin } from "./plugin.ts";

export interface Installer {
  readonly name: string;
  /** Nodes here share a file system, and nothing says that the plugin keeps its state apart: the first alone is used. */
  readonly oneNode?: boolean;
  /** Installs on every node and returns when each is ready to serve ADD. */
  install(
    world: World,
    options: { readonly signal: AbortSignal; progress(line: string): void },
  ): Promise<Installation>;
}

export interface Installation extends AsyncDisposable {
  /** the plugin as this node's runtime sees it */
  plugin(node: Node): Plugin;
  /** Processes that died since the installation, in a person's words: "cni-offload-host on node1 was killed by SIGKILL (log: …)" */
  casualties(): readonly string[];
  /** The processes that serve the plugin on this node now; none: it is only a binary. */
  processes?(node: Node): readonly ServingProcess[];
  /** Nobody said how to take away what the plugin keeps for all pods, such as a bridge. */
  readonly tearDownUnknown?: boolean;
  /** What can be taken away from the plugin on this node while checks look on; none: it depends on nothing. */
  outages?(node: Node): readonly Outage[];
  /** What can be done to its processes, files and node; none: nothing is known of how it lives, or the node permits none. */
  faults?(node: Node): Faults | undefined;
}

export interface ServingProcess {
  readonly name: string;
  readonly side: "host" | "dpu";
  readonly pid: number;
}

/** Something a plugin depends on, taken away and given back. A check always ends what it began. */
export interface Outage {
  /** "daemon" (on the host) or "dpu" (behind it) */
  readonly name: "daemon" | "dpu";
  /** "stopped": killed and its socket dead; "silent": it accepts and never answers */
  readonly kind: "stopped" | "silent";
  /** Resolves when it is away. */
  begin(): Promise<void>;
  /** Resolves when it is back; whether ADD can be served again is for the check to see. */
  end(): Promise<void>;
}
