/** At start: marks for release what a crash or a reboot left, so that no verb takes it for a living attachment. */
import { keyText } from "../cni/types.ts";
import { findAtHome } from "../vf/home.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";

/** Changes memory only; reconcile does the work and writes it down. */
export async function recover(host: Host): Promise<void> {
  for (const record of host.attachments.all()) {
    const reason = await deathOf(host, record);
    if (reason === undefined) continue;
    host.attachments.note({ ...record, phase: "deleting" });
    const { key, vf } = record;
    host.log.warn("attachment will be released", { key: keyText(key), vf: vf.pciAddress, reason });
  }
}

async function deathOf(host: Host, record: Attachment): Promise<string | undefined> {
  switch (record.phase) {
    case "adding":
      return "its ADD was interrupted and never answered";
    case "ready": {
      // Nobody takes a VF out of a living pod: its namespace died, as all do in a reboot.
      const home = await findAtHome(host.home, record.vf.pciAddress, 0);
      return typeof home === "string" ? undefined : "its VF came home without a DEL";
    }
    case "deleting":
    case "tombstone":
      return undefined;
  }
}
