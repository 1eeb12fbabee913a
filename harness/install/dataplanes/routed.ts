/** The offload's built-in dataplane: a range of each family per DPU, and routes to those of the others. */
import type { Node, World } from "../../core/backend.ts";
import type { OffloadDataplane } from "./dataplane.ts";

export const routed: OffloadDataplane = {
  name: "routed",
  capabilities: ["mac", "dns"],
  async prepare() {},
  configuration(world, node) {
    return {
      kind: "routed",
      uplink: node.card.uplink,
      ranges: podRanges(node),
      peers: peersOf(world, node).map((peer) => ({
        ranges: podRanges(peer),
        via: [peer.card.fabric.ipv4, peer.card.fabric.ipv6].map(bare),
      })),
    };
  },
  async cleanUp() {},
};

/** VFs beyond which a node needs more addresses than a /24 has */
const manyVfs = 200;

/** Pod ranges of a node: each DPU owns one of each family. */
export function podRanges({ number, card }: Node): readonly string[] {
  const ipv4 = card.vfs.length > manyVfs ? `10.${100 + number}.0.0/20` : `10.244.${number}.0/24`;
  return [ipv4, `fd00:10:244:${number}::/64`];
}

export function peersOf(world: World, node: Node): readonly Node[] {
  return world.nodes.filter((other) => other !== node);
}

/** an address without a prefix length */
export function bare(address: string): string {
  return address.split("/")[0] ?? address;
}
