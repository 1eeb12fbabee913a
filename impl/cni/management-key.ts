/** The reserved key of the management attachment, on both sides of the wire: the VF that stays on the host has it. */
import type { AttachmentKey } from "./types.ts";

/** No network of CNI can be called so (spec 1.1.0, "Network configuration format"): no ADD, DEL or GC names it. */
const network = "@management";

/** @param ifname what the interface is called on the host */
export function managementKey(ifname: string): AttachmentKey {
  return { network, containerId: "host", ifname };
}

/** @param text of a key, as `keyText` writes it */
export function isManagementText(text: string): boolean {
  return text.startsWith(`${network}/`);
}

export function isManagement(key: AttachmentKey): boolean {
  return key.network === network;
}
