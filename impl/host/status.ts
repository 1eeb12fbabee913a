/** STATUS: whether an ADD would be served now; answered from memory, so that it never hangs. */
import { CniError, cniCodes } from "../cni/cni-error.ts";
import type { AgentHealth } from "../wire/agent.ts";
import type { Host } from "./host.ts";

/** Throws 50, or 51 when pods that exist may have lost their network too (spec 1.1.0, "STATUS"). */
export function status(host: Host): void {
  const health = host.agent.health();
  switch (health.state) {
    case "ready":
      break;
    case "unavailable":
      throw new CniError(cniCodes.notAvailable, `Cannot serve ADD: ${health.reason}`, {
        details: adviceOf(health),
      });
    case "dataplaneDown":
      throw new CniError(
        cniCodes.notAvailableLimited,
        `Cannot serve ADD, and pods may have lost their network: ${health.reason}`,
        { details: adviceOf(health) },
      );
  }
  refuseUnmanaged(host);
  const { size, free, used, quarantined } = host.pool.counts();
  if (host.pool.all().length === 0) {
    throw new CniError(cniCodes.notAvailable, "Cannot serve ADD: the card has no VFs", {
      details: "Create VFs on the card: write their number to sriov_numvfs of its PF",
    });
  }
  if (free > 0 || !host.exhaustedIsUnavailable) return;
  throw new CniError(
    cniCodes.notAvailable,
    `Cannot serve ADD: none of ${size} VFs is free (${used} used, ${quarantined} quarantined)`,
  );
}

/** ADD would be served; but where probes of the host cannot reach pods, some operators want none there. */
function refuseUnmanaged(host: Host): void {
  const management = host.management?.();
  if (!host.managementIsRequired || management?.state !== "unavailable") return;
  throw new CniError(
    cniCodes.notAvailable,
    `Cannot serve ADD: the host cannot reach pods: management interface "${management.interface}": ${management.reason}`,
    { details: "status.managementIsRequired of the daemon's configuration asks for it" },
  );
}

function adviceOf({ notices = [] }: AgentHealth): string {
  return ["See the log of cni-offload-agent on the DPU", ...notices].join("; ");
}
