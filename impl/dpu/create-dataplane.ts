/** The dataplanes this agent knows, by the `kind` of their configuration. */
import { join } from "node:path";
import { openFileStore } from "../store/file-store.ts";
import type { AgentConfig } from "./config.ts";
import type { Dataplane, DataplaneWorld } from "./dataplane.ts";
import { parseDelegateRecord } from "./dataplanes/delegate/attachment-record.ts";
import { createDelegate } from "./dataplanes/delegate/delegate.ts";
import { runPlugin } from "./dataplanes/delegate/run-plugin.ts";
import { parseFormerSysctl } from "./dataplanes/former-sysctls.ts";
import { createRouted } from "./dataplanes/routed.ts";

/** Folders of dataplanes in the agent's state. */
export const stateFolders = { sysctls: "sysctls", delegate: "delegate" } as const;

/** Not started. */
export async function createDataplane(
  config: AgentConfig["dataplane"],
  { kernel, stateDir, log, guard }: DataplaneWorld,
): Promise<Dataplane> {
  switch (config.kind) {
    case "routed": {
      const folder = join(stateDir, stateFolders.sysctls);
      const formerSysctls = await openFileStore(folder, parseFormerSysctl);
      return createRouted(config, { kernel, formerSysctls, guard });
    }
    case "delegate": {
      const folder = join(stateDir, stateFolders.delegate);
      const records = await openFileStore(folder, parseDelegateRecord);
      return createDelegate(config, { kernel, records, run: runPlugin, log, guard });
    }
  }
}

/** What the daemon is told in the handshake. */
export function capabilitiesOf(
  config: AgentConfig["dataplane"],
  dataplane: Dataplane,
): readonly string[] {
  const name = `dataplane=${config.kind}`;
  switch (config.kind) {
    case "routed": {
      const families = new Set(config.ranges.map(({ family }) => `ipv${family}`));
      return [...[...families].sort(), name];
    }
    case "delegate":
      return [name, ...(dataplane.capabilities?.() ?? []).map((one) => `capability=${one}`)];
  }
}
