/** Which way of joining this kernel lets us use, found by trying in a namespace that is thrown away. */
import type { NamespaceMaker, Redirect } from "../../../netlink/kernel.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import type { DelegateConfig } from "./delegate-config.ts";
import type { Join } from "./stitch.ts";

export interface Choice {
  readonly join: Join;
  /** for the log */
  readonly reason: string;
}

/** Rejects when what was asked, or everything, is refused. */
export async function chooseJoin(
  kernel: NamespaceMaker,
  asked: DelegateConfig["join"],
): Promise<Choice> {
  if (asked !== "mirred") {
    const bpf = await refusal(kernel, "bpf");
    if (bpf === undefined) return programs(kernel);
    if (asked === "bpf") throw new Error(`Cannot join ports by BPF: ${bpf}; use join: auto`);
    const mirred = await refusal(kernel, "mirred");
    if (mirred !== undefined) throw new Error(`Cannot join ports: ${mirred}; ${bpf}`);
    return { join: byMirred, reason: `no BPF: ${bpf}` };
  }
  const mirred = await refusal(kernel, "mirred");
  if (mirred !== undefined) throw new Error(`Cannot join ports by mirred: ${mirred}`);
  return { join: byMirred, reason: "configured" };
}

const byMirred: Join = { toPlugin: "mirred", toPod: "mirred" };

async function programs(kernel: NamespaceMaker): Promise<Choice> {
  const peer = await refusal(kernel, "bpfPeer");
  if (peer !== undefined) {
    const reason = `BPF may be loaded, but not bpf_redirect_peer: ${peer}`;
    return { join: { toPlugin: "bpf", toPod: "bpf" }, reason };
  }
  return { join: { toPlugin: "bpfPeer", toPod: "bpf" }, reason: "BPF may be loaded" };
}

/** undefined: it works */
async function refusal(kernel: NamespaceMaker, by: Redirect["by"]): Promise<string | undefined> {
  try {
    using netns = await kernel.netnsScratch();
    await netns.linkAdd({ kind: "veth", name: "left", peer: { name: "right" } });
    await netns.qdiscAdd("left", { kind: "clsact", handle: "", parent: "clsact" });
    await netns.redirectAdd("left", { preference: 1, to: "right", by });
    return undefined;
  } catch (error) {
    if (error instanceof NetlinkError) return error.message;
    throw error;
  }
}
