/** What `delegate` keeps on disk of each port: enough to undo it whatever has happened to the configuration since. */
import { z } from "zod";
import { parseShape } from "../../../base/shape.ts";
import type { PortSetting } from "../../dataplane.ts";
import { portSettingShape } from "../../port-record.ts";
import type { ChainCall } from "./execute-plugin.ts";
import { storedList } from "./network-list.ts";

/** `adding` is on disk before the first plugin is executed: what may be half made is then deleted, never forgotten. */
export interface DelegateRecord {
  readonly format: 1;
  readonly phase: "adding" | "ready";
  readonly representor: string;
  /** what the representor was before it was taken */
  readonly former: { readonly up: boolean; readonly mtu: number };
  readonly call: ChainCall;
  /** the last result a plugin printed, as it printed it */
  readonly result?: unknown;
  /** when `ready` */
  readonly setting?: PortSetting;
}

const shape: z.ZodType<DelegateRecord> = z.object({
  format: z.literal(1),
  phase: z.enum(["adding", "ready"]),
  representor: z.string(),
  former: z.object({ up: z.boolean(), mtu: z.number() }),
  call: z.object({
    list: storedList,
    containerId: z.string(),
    ifname: z.string(),
    args: z.string(),
    wishes: z.record(z.string(), z.unknown()),
    ips: z.array(z.string()).exactOptional(),
  }),
  result: z.unknown().optional(),
  setting: portSettingShape.exactOptional(),
});

export function parseDelegateRecord(value: unknown): DelegateRecord {
  const parsed = parseShape(shape, value);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
