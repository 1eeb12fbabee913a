/** The oracle over the kernel of this machine, for worlds whose nodes are namespaces of it. */
import type { Node } from "../core/backend.ts";
import { type AtRest, type Judgement, judgeAtRest } from "./judge-at-rest.ts";
import type { NodeView, Violation } from "./oracle.ts";
import { overlapsNow } from "./overlaps-now.ts";
import { readNode } from "./read-node.ts";

export interface Oracle {
  look(node: Node): Promise<NodeView>;
  /** What must not be so even for an instant. */
  overlaps(node: Node, pristine: NodeView): Promise<readonly Violation[]>;
  /** Looks until nothing is left to finish, bounded; then CHECK and traffic of what must live. */
  judgeAtRest(node: Node, at: Omit<AtRest, "kernel">): Promise<Judgement>;
}

/** The system calls are loaded with the first oracle, so that listing suites needs none. */
export async function openOracle(): Promise<Oracle> {
  const { linuxKernel } = await import("../../impl/netlink/linux.ts");
  const kernel = linuxKernel();
  return {
    look: (node) => readNode(node, kernel),
    overlaps: (node, pristine) => overlapsNow(node, kernel, pristine),
    judgeAtRest: (node, at) => judgeAtRest(node, { ...at, kernel }),
  };
}
