/** One open connection to an agent, whichever protocol it speaks: the four calls, the pulse, the end. */
import type { Agent, AgentHealth } from "./agent.ts";

export interface AgentLink
  extends Pick<Agent, "addPort" | "deletePort" | "checkPort" | "listPorts"> {
  readonly probe?: Agent["probe"];
  /** Resolves with why when the agent is lost, has been silent for `maxAgeMs`, or `signal` aborts. */
  pulse(
    options: { readonly maxAgeMs: number; readonly signal: AbortSignal },
    onHealth: (health: AgentHealth) => void,
  ): Promise<string>;
  /** Calls in flight fail as lost. */
  close(): void;
}

export interface Timeouts {
  /** probe and handshake, each; also how long a call waits for a connection being made */
  readonly connect: number;
  /** AddPort and DeletePort: a kernel under load, a conflist of several plugins */
  readonly change: number;
  /** CheckPort and ListPorts */
  readonly read: number;
}
