/** What the daemon holds, as one JSON object for operators and judges: every VF, every attachment, the DPU's health. */
import { z } from "zod";
import type { VfState } from "../vf/pool.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";

const key = z.object({ network: z.string(), containerId: z.string(), ifname: z.string() });
const whole = z.int().nonnegative();

/** what an operator should know while everything works: a certificate that ends soon */
const notices = z.array(z.string()).readonly().exactOptional();

/** Field names are stable: they are only added, so a reader takes more than it knows. */
export const inventoryShape = z.object({
  format: z.literal(1),
  node: z.string(),
  software: z.string(),
  /** ISO 8601 */
  takenAt: z.string(),
  /** counted over `vfs`: size = free + used + quarantined */
  pool: z.object({ size: whole, free: whole, used: whole, quarantined: whole }),
  vfs: z.array(
    z.object({
      pciAddress: z.string(),
      pfPciAddress: z.string(),
      pf: whole,
      index: whole,
      state: z.enum(["free", "used", "quarantined"]),
      /** it was seen coming in at its own representor since the daemon's start; absent where nobody proves */
      proven: z.boolean().exactOptional(),
      /** why it is quarantined, or what is wrong with a used one */
      reason: z.string().exactOptional(),
      owner: key.exactOptional(),
      generation: whole.exactOptional(),
    }),
  ),
  attachments: z.array(
    z.object({
      owner: key,
      generation: whole,
      phase: z.enum(["adding", "ready", "deleting", "tombstone"]),
      /** of the ADD; ISO 8601 */
      since: z.string(),
      vf: z.string(),
      /** CNI_NETNS of the ADD */
      netns: z.string(),
      pod: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
      /** CIDR, as the pod carries them; none before ADD has succeeded */
      addresses: z.array(z.string()),
      /** what is wrong, or what its release waits for */
      problem: z.string().exactOptional(),
    }),
  ),
  agent: z.discriminatedUnion("state", [
    z.object({ state: z.literal("ready"), notices }),
    z.object({ state: z.literal("unavailable"), reason: z.string(), notices }),
    z.object({ state: z.literal("dataplaneDown"), reason: z.string(), notices }),
  ]),
  /** of the VF that stays on the host; absent when none is configured */
  management: z
    .discriminatedUnion("state", [
      z.object({ interface: z.string(), state: z.literal("ready") }),
      z.object({ interface: z.string(), state: z.literal("unavailable"), reason: z.string() }),
    ])
    .exactOptional(),
  /** record files that could not be read and were set aside */
  damaged: z.array(
    z.object({ path: z.string(), reason: z.string(), key: z.string().exactOptional() }),
  ),
});

export type Inventory = z.infer<typeof inventoryShape>;

/** From memory, in one turn: it never waits, and its parts agree with each other. */
export function inventory(host: Host): Inventory {
  const { attachments, pool, node, software } = host;
  const states = pool.states();
  const management = host.management?.();
  const count = (state: string) => states.filter((each) => each.state === state).length;
  return {
    format: 1,
    ...{ node, software },
    takenAt: new Date().toISOString(),
    pool: {
      size: states.length,
      ...{ free: count("free"), used: count("used"), quarantined: count("quarantined") },
    },
    vfs: states.map((state) => vfOf(state, host)).sort((a, b) => a.pf - b.pf || a.index - b.index),
    attachments: attachments.all().map((record) => attachmentOf(record, host)),
    agent: host.agent.health(),
    ...(management === undefined ? {} : { management }),
    damaged: [...attachments.damaged()],
  };
}

function vfOf(
  { vf, state, reason, owner }: VfState,
  { pairs }: Pick<Host, "pairs">,
): Inventory["vfs"][number] {
  const { pciAddress, pfPciAddress, pf, index } = vf;
  return {
    ...{ pciAddress, pfPciAddress, pf, index, state },
    ...(pairs === undefined ? {} : { proven: pairs.isProven(pciAddress) }),
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner: owner.key, generation: owner.generation }),
  };
}

function attachmentOf(record: Attachment, host: Host): Inventory["attachments"][number] {
  const { generation, phase, since, netns, pod, vf, port } = record;
  const problem = host.attachments.problem(record.key);
  return {
    ...{ owner: record.key, generation, phase, since, vf: vf.pciAddress, netns, pod },
    addresses: (port?.addresses ?? []).map(({ address }) => address),
    ...(problem === undefined ? {} : { problem }),
  };
}
