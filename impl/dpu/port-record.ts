/** The agent's record of one port, as it stands on disk. */
import { z } from "zod";
import { parseShape } from "../base/shape.ts";
import type { AttachmentKey, PodName } from "../cni/types.ts";
import type { PortSetting } from "./dataplane.ts";
import type { FormerRepresentor } from "./former-representors.ts";

/**
 * `adding` is on disk before the dataplane is asked, so that a crash leaves a trace of what may have been half made;
 * `ready` before the host is answered, so that an address the host knows is never given to another port.
 */
export interface PortRecord {
  readonly format: 1;
  readonly phase: "adding" | "ready";
  readonly key: AttachmentKey;
  readonly generation: number;
  readonly vf: {
    readonly pf: number;
    readonly index: number;
    readonly mac: string;
    readonly pciAddress: string;
  };
  readonly pod: PodName;
  readonly representor: string;
  /** what the representor was before; records of earlier builds lack it */
  readonly former?: FormerRepresentor;
  readonly networkConfig: string;
  /** empty until `ready` */
  readonly setting: PortSetting;
  /** ISO 8601, for people */
  readonly since: string;
}

export const noSetting: PortSetting = { addresses: [], routes: [], mtu: 0, mac: "", dns: {} };

const words = z.array(z.string()).exactOptional();

export const portSettingShape: z.ZodType<PortSetting> = z.object({
  addresses: z.array(z.object({ address: z.string(), gateway: z.string().exactOptional() })),
  routes: z.array(
    z.object({
      dst: z.string(),
      gw: z.string().exactOptional(),
      mtu: z.number().exactOptional(),
    }),
  ),
  mtu: z.number(),
  mac: z.string(),
  dns: z.object({
    nameservers: words,
    domain: z.string().exactOptional(),
    search: words,
    options: words,
  }),
});

const shape: z.ZodType<PortRecord> = z.object({
  format: z.literal(1),
  phase: z.enum(["adding", "ready"]),
  key: z.object({ network: z.string(), containerId: z.string(), ifname: z.string() }),
  generation: z.int().positive(),
  vf: z.object({
    pf: z.int().nonnegative(),
    index: z.int().nonnegative(),
    mac: z.string(),
    pciAddress: z.string(),
  }),
  pod: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  representor: z.string(),
  former: z
    .object({
      mtu: z.int().positive(),
      ...{ promisc: z.boolean(), allmulticast: z.boolean() },
      sysctls: z.record(z.string(), z.string()),
    })
    .exactOptional(),
  networkConfig: z.string(),
  setting: portSettingShape,
  since: z.string(),
});

/** For the store: a record of another shape is set aside, not used. */
export function parsePortRecord(value: unknown): PortRecord {
  const parsed = parseShape(shape, value);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
