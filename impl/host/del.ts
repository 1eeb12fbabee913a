/** DEL: release the attachment, with whatever little the caller still knows; what must wait is written down. */
import { pause } from "../base/pause.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { keyText } from "../cni/types.ts";
import { deletePort } from "./delete-port.ts";
import { findLost } from "./find-lost.ts";
import type { Host } from "./host.ts";
import { release, reportPending } from "./release.ts";
import type { DelRequest } from "./requests.ts";

/** Call it under the attachment's lock. */
export async function del(request: DelRequest, host: Host): Promise<void> {
  const { key, netns } = request;
  await pause?.("del-begun", keyText(key));
  const record = host.attachments.get(key) ?? (await findLost(host, request));
  await pause?.("del-record-loaded", keyText(key));
  if (record === undefined) return forgetPort(request, host);

  const outcome = await release(host, record, { netns });
  if (outcome.state === "released") await pause?.("del-vf-freed", keyText(key));
  reportPending(host, record, outcome);
  if (outcome.state === "released") return host.attachments.forgetDamaged(key);
  if (outcome.durable) return;
  throw new CniError(
    cniCodes.tryAgainLater,
    `Cannot finish deleting attachment "${keyText(key)}", and cannot write that down: ${outcome.reason}`,
    {
      details: "Free space in the daemon's state directory or make it writable; then delete again",
    },
  );
}

/** We know nothing of it; the DPU may, if a record of ours was lost. If not now, reconcile asks it later. */
async function forgetPort({ key }: DelRequest, host: Host): Promise<void> {
  if (host.agent.health().state !== "unavailable") {
    try {
      await deletePort(host, key, host.attachments.nextGeneration());
      return await host.attachments.forgetDamaged(key);
    } catch (error) {
      host.log.warn("the DPU did not confirm a port without a record", {
        key: keyText(key),
        error,
      });
    }
  }
  // Answered, so nobody asks again: what the DPU still has is nobody's now, and reconcile may delete it.
  await host.attachments.forgetDamaged(key);
  host.wakeReconcile();
}
