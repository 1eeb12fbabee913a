/** What the offload runs on the DPUs of a world: how an administrator prepares them, and what goes into the agent's configuration. */
import type { Node, World } from "../../core/backend.ts";

export interface OffloadDataplane {
  /** as in `--dataplane`: "routed", "delegate:bridge" */
  readonly name: string;
  /** capabilities (CONVENTIONS.md of CNI) beyond the offload's own that it serves */
  readonly capabilities: readonly string[];
  /** Its pods are one flat network with the fabric: nothing of theirs passes the DPU's own stack. */
  readonly isFlat?: boolean;
  /** What an administrator does on a DPU before an agent starts. */
  prepare(world: World): Promise<void>;
  /** The key `dataplane` of the agent's configuration. */
  configuration(world: World, node: Node): unknown;
  /** Takes away what `prepare`, and a dataplane that never cleans up behind itself, left on the DPUs. Never throws. */
  cleanUp(world: World): Promise<void>;
}
