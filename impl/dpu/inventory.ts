/** What the agent holds, as one JSON object for operators and judges; from the running agent, else from its state folder. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { errnoOf } from "../base/errno.ts";
import { keyText } from "../cni/types.ts";
import { inspectFileStore } from "../store/file-store.ts";
import type { Damaged } from "../store/store.ts";
import { askOperator, Unanswered } from "../wire/operator-question.ts";
import type { AgentConfig } from "./config.ts";
import type { DataplaneHealth, HeldAddress } from "./dataplane.ts";
import type { GuardState } from "./guard/guard.ts";
import { type PortRecord, parsePortRecord } from "./port-record.ts";

const whole = z.int().nonnegative();

const enforcement = z.discriminatedUnion("state", [
  z.object({ state: z.enum(["enforced", "off"]) }),
  z.object({ state: z.literal("notEnforced"), reason: z.string() }),
]);

/** Field names are stable: they are only added, so a reader takes more than it knows. */
export const agentInventoryShape = z.object({
  format: z.literal(1),
  node: z.string(),
  /** `files`: no agent runs; what the next start would find */
  source: z.enum(["agent", "files"]),
  /** ISO 8601 */
  takenAt: z.string(),
  /** new at each start of the agent; only of a running one */
  instanceId: z.string().exactOptional(),
  software: z.string().exactOptional(),
  health: z
    .object({
      state: z.enum(["ready", "notReady", "down"]),
      reason: z.string().exactOptional(),
    })
    .exactOptional(),
  /** addresses that can still be given; only of a running agent */
  freeAddresses: z.object({ ipv4: whole, ipv6: whole }).exactOptional(),
  /** what pods are kept from; only of a running agent */
  guard: z.object({ antiSpoofing: enforcement, limits: enforcement }).exactOptional(),
  ports: z.array(
    z.object({
      owner: z.object({
        network: z.string(),
        containerId: z.string(),
        ifname: z.string(),
      }),
      generation: whole,
      phase: z.enum(["adding", "ready"]),
      /** ISO 8601 */
      since: z.string(),
      vf: z.object({
        pf: whole,
        index: whole,
        mac: z.string(),
        /** on the host */
        pciAddress: z.string(),
      }),
      representor: z.string(),
      /** CIDR; none before the port was made */
      addresses: z.array(z.string()),
      /** why it does not forward although it should */
      problem: z.string().exactOptional(),
      /** frames of the pod that the guard let no further; only of a running agent */
      dropped: whole.exactOptional(),
    }),
  ),
  /** addresses that no port has and nobody gets, with the reason; only of a running agent */
  quarantined: z.array(
    z.object({ address: z.string(), representor: z.string(), reason: z.string() }),
  ),
  /** record files that could not be read and were set aside */
  damaged: z.array(
    z.object({ path: z.string(), reason: z.string(), key: z.string().exactOptional() }),
  ),
});

export type AgentInventory = z.infer<typeof agentInventoryShape>;

/** Below the state folder; for the owner of the folder alone. */
export function operatorSocket(config: AgentConfig): string {
  return join(config.stateDir, "agent.sock");
}

export interface AgentHoldings {
  readonly node: string;
  readonly instanceId: string;
  readonly software: string;
  readonly health: DataplaneHealth;
  readonly ports: readonly { readonly record: PortRecord; readonly problem: string | undefined }[];
  readonly held: readonly HeldAddress[];
  readonly damaged: readonly Damaged[];
  readonly guard: GuardState;
  /** by the text of the port's key */
  readonly dropped: ReadonlyMap<string, number>;
}

export function inventoryOf(holdings: AgentHoldings): AgentInventory {
  const { node, instanceId, software, health, ports, held, damaged, guard, dropped } = holdings;
  const { free, ...state } = health;
  return {
    ...{ format: 1, node, source: "agent", takenAt: new Date().toISOString() },
    ...{ instanceId, software, health: state, freeAddresses: free },
    guard,
    ports: ports.map(({ record, problem }) => {
      const count = dropped.get(keyText(record.key));
      return { ...portOf(record, problem), ...(count === undefined ? {} : { dropped: count }) };
    }),
    quarantined: [...held],
    damaged: [...damaged],
  };
}

/** Changes nothing. Rejects with Unanswered when an agent runs and does not answer. */
export async function takeInventory(config: AgentConfig): Promise<AgentInventory> {
  const socket = operatorSocket(config);
  if (await exists(socket)) {
    try {
      return agentInventoryShape.parse(await askOperator(socket, "inventory", "the agent"));
    } catch (error) {
      // A socket that an agent left when it was killed.
      if (!(error instanceof Unanswered && errnoOf(error.cause) === "ECONNREFUSED")) throw error;
    }
  }
  return fromFiles(config);
}

async function fromFiles({ node, stateDir }: AgentConfig): Promise<AgentInventory> {
  const folder = join(stateDir, "ports");
  const { records, damaged } = (await exists(folder))
    ? await inspectFileStore(folder, parsePortRecord)
    : { records: new Map<string, PortRecord>(), damaged: [] };
  return {
    ...{ format: 1, node, source: "files", takenAt: new Date().toISOString() },
    ports: [...records.values()].map((record) => portOf(record, undefined)),
    quarantined: [],
    damaged,
  };
}

function portOf(record: PortRecord, problem: string | undefined): AgentInventory["ports"][number] {
  const { key: owner, generation, phase, since, vf, representor, setting } = record;
  const addresses = setting.addresses.map(({ address }) => address);
  return {
    ...{ owner, generation, phase, since, vf, representor, addresses },
    ...(problem === undefined ? {} : { problem }),
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
