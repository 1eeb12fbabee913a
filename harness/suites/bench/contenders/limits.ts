/** What no plugin can beat: the kernel's time to move a link into a namespace, and the time to start any process at all. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Node } from "../../../core/backend.ts";
import type { Caller } from "../caller/caller.ts";
import { LinePeer } from "../caller/line-peer.ts";
import type { Contender } from "../contender.ts";

const program = fileURLToPath(new URL("../caller/mover.mjs", import.meta.url));
const moveTimeoutMs = 10_000;
const moved = z.object({ durationMs: z.number() });
const nothing = { plugin: 0, daemon: 0, dpu: 0 };

/** One veth moved into the pod and named there (ADD), and back (DEL): a single netlink request each. One at a time. */
export async function moveLimit(node: Node): Promise<Contender & AsyncDisposable> {
  const peer = await LinePeer.start(node.host, { name: "bench-mover", program });
  return {
    name: "move",
    node,
    verbs: ["ADD", "DEL"],
    async call(verb, { pod }) {
      const answer = await peer.ask({ do: verb, netns: pod.netns }, moveTimeoutMs);
      return moved.parse(answer).durationMs;
    },
    cpu: async () => nothing,
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

/** The start and end of a program that does nothing: what each figure of a plugin has in it at least. */
export function execLimit(node: Node, caller: Caller): Contender {
  return {
    name: "exec",
    node,
    verbs: ["ADD", "DEL"],
    async call() {
      const ran = await caller.place.exec(["/bin/true"]);
      if (ran.exitCode !== 0) throw new Error(`Cannot run /bin/true: ${ran.stderr}`);
      return ran.durationMs;
    },
    cpu: async () => ({ ...nothing, plugin: await caller.childrenMs() }),
  };
}
