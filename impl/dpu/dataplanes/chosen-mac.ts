/** A MAC for a port whose VF has none: the same for the same addresses, so that it survives a restart. */
import { createHash } from "node:crypto";

export function chosenMac(addresses: readonly string[]): string {
  const digest = createHash("sha256").update(addresses.join(",")).digest();
  // 02: locally administered, unicast.
  return ["02", ...[0, 1, 2, 3, 4].map((i) => digest.subarray(i, i + 1).toString("hex"))].join(":");
}
