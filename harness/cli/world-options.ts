/** The options that say what world to make, shared by `run`, `up` and `hold`. */
import type { Command } from "commander";
import type { WorldSpec } from "../core/backend.ts";
import { wholeNumber } from "./option-values.ts";

export interface WorldOptions {
  /** undefined: as many as what runs on them wants */
  readonly nodes?: number;
  readonly vfs: number;
  readonly mtu?: number;
}

const defaults = { nodes: 2, vfs: 8 };

export function addWorldOptions(command: Command): Command {
  return command
    .option(
      "--nodes <n>",
      "nodes, each a host and a DPU (default: 2, 4 for conformance)",
      wholeNumber(1, 16),
    )
    .option("--vfs <n>", "virtual functions per node's card", wholeNumber(1, 64), defaults.vfs)
    .option(
      "--mtu <bytes>",
      "MTU of the fabric and the VFs (default: 1500)",
      wholeNumber(1280, 9500),
    );
}

export function worldSpec({ nodes = defaults.nodes, vfs, mtu }: WorldOptions): WorldSpec {
  return { nodes, vfs, ...(mtu !== undefined && { mtu }) };
}

/** The flags that make this world again; defaults are left out. */
export function worldFlags({ nodes, vfs, mtu }: WorldOptions): readonly string[] {
  return [
    ...(nodes === undefined ? [] : ["--nodes", String(nodes)]),
    ...(vfs === defaults.vfs ? [] : ["--vfs", String(vfs)]),
    ...(mtu === undefined ? [] : ["--mtu", String(mtu)]),
  ];
}
