/** Deletes a port on the DPU, which has nothing of this or an older generation when it resolves. */
import type { AttachmentKey } from "../cni/types.ts";
import { agentDeleteMs, type Host } from "./host.ts";
import { within } from "./within.ts";

/** Rejects with code 11 when the DPU has not confirmed in time. */
export async function deletePort(
  host: Host,
  key: AttachmentKey,
  generation: number,
): Promise<void> {
  const call = host.agent.deletePort(key, generation);
  await within(agentDeleteMs, "delete the port on the DPU", call);
  host.attachments.noteGone(key, generation);
}
