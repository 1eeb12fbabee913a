/** At start: marks for release what a crash or a reboot left, so that no verb takes it for a living attachment. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { isManagement } from "../cni/management-key.ts";
import { keyText } from "../cni/types.ts";
import { fateOf, findAtHome } from "../vf/home.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";

/** Changes memory only; reconcile does the work and writes it down. */
export async function recover(host: Host): Promise<void> {
  for (const record of host.attachments.all()) {
    const reason =
      record.phase === "adding"
        ? "its ADD was interrupted and never answered"
        : await deathOf(host, record);
    if (reason === undefined) continue;
    host.attachments.note({ ...record, phase: "deleting" });
    const { key, vf } = record;
    host.log.warn("attachment will be released", { key: keyText(key), vf: vf.pciAddress, reason });
  }
}

/** What ended a ready attachment without a DEL; undefined while it may live. */
async function deathOf(host: Host, { key, phase, vf }: Attachment): Promise<string | undefined> {
  // The management VF is at home all its life; who keeps it looks after it.
  if (phase !== "ready" || isManagement(key)) return undefined;
  const fate = await fateOf(host.home, vf);
  if (fate !== "there") return "the card no longer has its VF";
  // Nobody takes a VF out of a living pod: its namespace died, as all do in a reboot.
  const home = await findAtHome(host.home, vf.pciAddress, 0);
  return typeof home === "string" ? undefined : "its VF came home without a DEL";
}

const looksAtOnce = 32;

/** While the daemon runs: says of attachments whose pod's network is gone that they are, and quarantines their VFs. The
 *  runtime still owns them: its DEL or GC releases them. */
export async function noticeDead(host: Host): Promise<void> {
  for (const [i, record] of host.attachments.all().entries()) {
    // Hundreds of looks into sysfs: calls are served in between.
    if (i % looksAtOnce === looksAtOnce - 1) await nextTurn();
    if (record.phase !== "ready") continue;
    const reason = await deathOf(host, record);
    // A DEL, and another ADD, may have come meanwhile.
    const { key, generation, vf } = record;
    const now = host.attachments.get(key);
    if (now?.phase !== "ready" || now.generation !== generation) continue;
    if (!host.attachments.noteProblem(key, "vf", reason)) continue;
    const fields = { key: keyText(key), generation, vf: vf.pciAddress };
    if (reason === undefined) host.log.info("attachment has its vf again", fields);
    else
      host.log.error("a pod has lost its network; only its DEL or a GC ends that", {
        ...fields,
        reason,
      });
  }
}
