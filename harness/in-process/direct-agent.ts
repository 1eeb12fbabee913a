/** The DPU as the daemon sees it, without a wire: calls go straight to the ports of the agent, if there is a way to them. */
import { CniError, cniCodes } from "../../impl/cni/cni-error.ts";
import type { Ports } from "../../impl/dpu/ports.ts";
import type { Agent, Connected } from "../../impl/wire/agent.ts";
import type { Life } from "./life.ts";

/** The way to the agent as it is now. */
export interface Way {
  /** undefined: it is dead */
  readonly agent: { readonly ports: Ports; readonly life: Life } | undefined;
  /** it hears, and it is heard */
  readonly toDpu: boolean;
  readonly toHost: boolean;
}

export interface DirectAgent extends Agent {
  /** The way is open again, after whatever it was. */
  connected(): void;
}

const away = () => new CniError(cniCodes.tryAgainLater, "Cannot reach the DPU agent: it is away");

export function directAgent(way: () => Way): DirectAgent {
  const listeners: ((event: Connected) => void)[] = [];
  const through = async <T>(work: (ports: Ports) => Promise<T>): Promise<T> => {
    const { agent, toDpu } = way();
    if (agent === undefined || !toDpu) throw away();
    const dies = agent.life.whenOver.then(() => {
      throw away();
    });
    const result = await Promise.race([work(agent.ports), dies]);
    // It was done, and nobody hears of it.
    if (!way().toHost) throw away();
    return result;
  };
  const isThere = () => {
    const { agent, toDpu, toHost } = way();
    return agent !== undefined && toDpu && toHost;
  };
  return {
    addPort: (port, signal) => through((ports) => ports.add(port, signal)),
    deletePort: (key, generation) =>
      through(async (ports) => void (await ports.delete(key, generation))),
    checkPort: (key, generation) => through((ports) => ports.check(key, generation)),
    listPorts: () =>
      through(async (ports) =>
        ports.list().map(({ key, generation, vf }) => ({ key, generation, vf })),
      ),
    health: () =>
      isThere() ? { state: "ready" } : { state: "unavailable", reason: "the agent is away" },
    capabilities: () => ["ipv4", "ipv6", "dataplane=routed"],
    onConnected: (listener) => void listeners.push(listener),
    close: async () => {},
    connected() {
      const { agent } = way();
      if (!isThere() || agent === undefined) return;
      const { newestGeneration } = agent.ports;
      for (const listener of listeners) listener({ restarted: false, newestGeneration });
    },
  };
}
