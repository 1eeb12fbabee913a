/** Overlaps of a node that does not hold still: the parts of a look are read one after the other, so only what two looks find counts. */
import type { Kernel } from "../../impl/netlink/kernel.ts";
import type { Node } from "../core/backend.ts";
import type { NodeView, Violation } from "./oracle.ts";
import { overlaps } from "./overlaps.ts";
import { readNode } from "./read-node.ts";

export async function overlapsNow(
  node: Node,
  kernel: Kernel,
  pristine: NodeView,
): Promise<readonly Violation[]> {
  const first = overlaps(await readNode(node, kernel), pristine);
  if (first.length === 0) return [];
  const said = new Set(first.map(({ message }) => message));
  const second = overlaps(await readNode(node, kernel), pristine);
  return second.filter(({ message }) => said.has(message));
}
