/** The dataplanes this agent knows, by the `kind` of their configuration. */
import type { AgentConfig } from "./config.ts";
import type { Dataplane, DataplaneWorld } from "./dataplane.ts";
import { createRouted } from "./dataplanes/routed.ts";

export function createDataplane(
  config: AgentConfig["dataplane"],
  world: DataplaneWorld,
): Promise<Dataplane> {
  switch (config.kind) {
    case "routed":
      return createRouted(config, world);
  }
}

/** What the daemon is told in the handshake. */
export function capabilitiesOf(config: AgentConfig["dataplane"]): readonly string[] {
  const families = new Set(config.ranges.map(({ family }) => `ipv${family}`));
  return [...[...families].sort(), `dataplane=${config.kind}`];
}
