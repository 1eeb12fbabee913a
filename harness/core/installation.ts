/** A plugin brought onto a world: ours with its daemons, or a foreign one that is only a binary and a configuration. */
import type { Node, World } from "./backend.ts";
import type { Plugin } from "./plugin.ts";

export interface Installer {
  readonly name: string;
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
}
