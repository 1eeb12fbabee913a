/** The configuration of the `delegate` dataplane: which network of which CNI plugins makes ports forward. */
import { z } from "zod";

const path = z.string().startsWith("/", "expected an absolute path");
/** of the whole list, not of each plugin */
const timeoutMs = (usual: number) => z.int().min(100).max(60_000).default(usual);

export const delegateShape = z.strictObject({
  kind: z.literal("delegate"),
  /** the network configuration (a list, or of one plugin) as the plugins' own documentation has it; read for each ADD */
  conflist: path,
  /** folders of CNI executables; the first that has one wins */
  cniBin: z.array(path).min(1).default(["/opt/cni/bin"]),
  /** representor and plugin's interface are joined by tc mirred, or by BPF; auto: BPF where the kernel lets us */
  join: z.enum(["auto", "mirred", "bpf"]).default("auto"),
  /** folder of the ports' network namespaces, one per port; in the usual one `ip netns` shows them */
  namespaces: path.default("/run/netns"),
  /** when one is over, all that the plugin started is killed; the host waits 10 s for an ADD and 5 s for a CHECK */
  timeoutsMs: z
    .strictObject({
      add: timeoutMs(8_000),
      del: timeoutMs(8_000),
      check: timeoutMs(4_000),
      gc: timeoutMs(30_000),
      status: timeoutMs(3_000),
    })
    .prefault({}),
});

export type DelegateConfig = z.infer<typeof delegateShape>;
