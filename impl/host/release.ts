/** Takes an attachment back, whatever is left of it: the VF home and pristine, the port off the DPU, the record away. */
import { keyText } from "../cni/types.ts";
import type { Attachment } from "./attachment.ts";
import { bringHome } from "./bring-home.ts";
import { deletePort } from "./delete-port.ts";
import { comeHomeMs, type Host } from "./host.ts";

export type Release =
  | { readonly state: "released" }
  /** the rest is tried again in the background; `durable`: also after a crash */
  | { readonly state: "pending"; readonly reason: string; readonly durable: boolean };

export interface ReleaseOptions {
  /** where else than in the namespace of its ADD the VF may be */
  readonly netns?: string | undefined;
  /** how long to wait for a VF to come home; default `comeHomeMs` */
  readonly waitMs?: number;
}

/**
 * Call it under the attachment's lock. Every step is done whatever became of the others. Never throws: what could not
 * be done stays in the record (`deleting`, or `tombstone` when only the DPU has to confirm) with the VF quarantined.
 */
export async function release(
  host: Host,
  record: Attachment,
  options: ReleaseOptions = {},
): Promise<Release> {
  const { attachments } = host;
  const wasClean = record.phase === "tombstone";
  const unwritten = wasClean ? undefined : await write(host, { ...record, phase: "deleting" });

  // The VF first: its addresses may go to another pod as soon as the DPU has freed them.
  const waitMs = options.waitMs ?? comeHomeMs;
  const notHome = wasClean
    ? undefined
    : await bringHome(host, record, { netns: options.netns, waitMs });
  const notConfirmed = await takeOff(host, record);

  const open = [notHome, notConfirmed].filter((reason) => reason !== undefined);
  if (open.length === 0) {
    const kept = await remove(host, record);
    if (kept === undefined) return { state: "released" };
    open.push(kept);
  }
  const phase = notHome === undefined ? "tombstone" : "deleting";
  const unrecorded = await write(host, { ...record, phase });
  const durable = attachments.isReleaseDurable(record.key);
  if (!durable) open.push(...[unrecorded ?? unwritten].filter((reason) => reason !== undefined));
  const reason = open.join("; ");
  attachments.noteProblem(record.key, "release", reason);
  return { state: "pending", reason, durable };
}

/** On disk if that is possible, in memory always: a full disk must not keep pods from being deleted. */
async function write(host: Host, record: Attachment): Promise<string | undefined> {
  const known = host.attachments.get(record.key);
  host.attachments.note(record);
  if (known?.phase === record.phase && host.attachments.isReleaseDurable(record.key)) return;
  try {
    await host.attachments.put(record);
  } catch (error) {
    return text(error);
  }
}

async function takeOff(host: Host, record: Attachment): Promise<string | undefined> {
  const health = host.agent.health();
  if (health.state === "unavailable") return `the DPU is unavailable: ${health.reason}`;
  try {
    await deletePort(host, record.key, record.generation);
  } catch (error) {
    return text(error);
  }
}

async function remove(host: Host, record: Attachment): Promise<string | undefined> {
  try {
    await host.attachments.delete(record);
  } catch (error) {
    return text(error);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Says that an attachment could not be released at once, and has the background go on with it. */
export function reportPending(host: Host, record: Attachment, outcome: Release): void {
  if (outcome.state === "released") return;
  host.log.warn("attachment is not released yet; its vf is quarantined and the rest tried again", {
    key: keyText(record.key),
    vf: record.vf.pciAddress,
    reason: outcome.reason,
    durable: outcome.durable,
  });
  host.wakeReconcile();
}
