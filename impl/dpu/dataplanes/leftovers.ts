/** Addresses in use that no record knows, as after a damaged record: giving them again would make two owners. */
import { familyOf } from "../../netlink/ip-address.ts";
import type { Netns } from "../../netlink/kernel.ts";
import { parseAddress } from "../ip-range.ts";
import type { RoutedConfig } from "./routed-config.ts";

/** Host routes into the node's ranges, by the link they lead to. */
export async function findLeftovers(
  netns: Netns,
  config: RoutedConfig,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { dst, dev, kind } of await netns.routes()) {
    const [address = "", length] = dst.split("/");
    const family = familyOf(address);
    if (kind !== "unicast" || dev === undefined || dev === "lo" || dev === config.uplink) continue;
    if (length !== (family === 4 ? "32" : "128")) continue;
    const value = parseAddress(address);
    const ours = config.ranges.some((range) => {
      return range.family === family && value >= range.first && value <= range.last;
    });
    if (ours) found.set(dev, [...(found.get(dev) ?? []), address]);
  }
  return found;
}
