/**
 * The DPU as the daemon's verbs see it: one page, implemented over gRPC in `impl/wire/` and by a fake in tests.
 * Every call is bounded in time and rejects with CniError: 11 when trying again later can help (unreachable,
 * deadline, starting), 105 when the agent refused for good, 107 when its addresses are used up, 106 for a
 * difference found by CHECK. The connection is kept and re-made in the background.
 */
import type { AttachmentKey, CniDns, PodName } from "../cni/types.ts";

export interface Agent {
  addPort(port: NewPort, signal: AbortSignal): Promise<PortSetting>;
  /** Resolves when the DPU has nothing of this or an older generation. */
  deletePort(key: AttachmentKey, generation: number): Promise<void>;
  checkPort(key: AttachmentKey, generation: number): Promise<void>;
  /** undefined: this agent cannot tell which ports it has */
  listPorts(): Promise<readonly ListedPort[] | undefined>;
  /** At which representors frames with `token` come in, sent from these VFs until it is answered; only of an agent with the
   *  capability "probe". */
  probe?(request: ProbeRequest): Promise<readonly Sighting[]>;
  /** The last health the stream brought, and its age; answers at once. */
  health(): AgentHealth;
  /** What the DPU said at the last connection that it can do, such as "dataplane=routed" or "capability=portMappings". */
  capabilities(): readonly string[];
  /** Called on each (re)connection to an agent. */
  onConnected(listener: (event: Connected) => void): void;
  close(): Promise<void>;
}

export interface Connected {
  /** its instance id differs from the last one */
  readonly restarted: boolean;
  /** the largest generation it remembers; 0 where it does not say */
  readonly newestGeneration: number;
}

export interface ProbeRequest {
  readonly token: Uint8Array;
  readonly vfs: readonly ProbedVf[];
  readonly waitMs: number;
}

export interface ProbedVf {
  readonly pf: number;
  readonly index: number;
}

export interface Sighting extends ProbedVf {
  /** where a frame of the VF came in */
  readonly representor: string;
  /** where it should have */
  readonly expected: string;
}

export interface NewPort {
  readonly key: AttachmentKey;
  readonly generation: number;
  readonly vf: {
    readonly pf: number;
    readonly index: number;
    readonly mac: string;
    readonly pciAddress: string;
  };
  readonly pod: PodName;
  readonly networkConfig: string;
  /** set when the DPU lost a port whose pod lives: it gives exactly these again, or refuses */
  readonly addresses?: PortSetting["addresses"];
}

/** What the pod's interface must carry. */
export interface PortSetting {
  readonly addresses: readonly { readonly address: string; readonly gateway?: string }[];
  readonly routes: readonly { readonly dst: string; readonly gw?: string; readonly mtu?: number }[];
  readonly mtu: number;
  readonly mac: string;
  readonly dns: CniDns;
}

export interface ListedPort {
  readonly key: AttachmentKey;
  readonly generation: number;
  /** undefined where the agent does not say */
  readonly vf?: { readonly pf: number; readonly index: number };
}

export type AgentHealth = AgentState & {
  /** what an operator should know while everything works, one line each */
  readonly notices?: readonly string[];
};

type AgentState =
  | { readonly state: "ready" }
  /** ADD cannot be served; why, in one line */
  | { readonly state: "unavailable"; readonly reason: string }
  /** and existing pods may have lost connectivity */
  | { readonly state: "dataplaneDown"; readonly reason: string };
