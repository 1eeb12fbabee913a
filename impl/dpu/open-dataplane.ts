/** The configured dataplane with its part of the state folder; not started. */
import { join } from "node:path";
import type { Kernel } from "../netlink/kernel.ts";
import { openFileStore } from "../store/file-store.ts";
import type { AgentConfig } from "./config.ts";
import { createDataplane } from "./create-dataplane.ts";
import type { Dataplane } from "./dataplane.ts";
import { parseFormerSysctl } from "./dataplanes/former-sysctls.ts";

export async function openDataplane(config: AgentConfig, kernel: Kernel): Promise<Dataplane> {
  const formerSysctls = await openFileStore(join(config.stateDir, "sysctls"), parseFormerSysctl);
  return createDataplane(config.dataplane, { kernel, formerSysctls });
}
