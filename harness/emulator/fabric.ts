/** The wire between the DPUs: a bridge in a namespace of its own, with a cable to the uplink of each card. */
import type { Netns } from "../../impl/netlink/kernel.ts";
import type { Card } from "../core/backend.ts";
import { macOf, uplinkNetdev } from "./card-layout.ts";

const bridge = "fabric0";

/** The bridge is a plain switch: no address, no IPv6 of its own, no spanning tree (Linux's default). */
export async function createFabric(fabric: Netns, mtu: number): Promise<void> {
  for (const scope of ["all", "default"]) {
    const key = `net/ipv6/conf/${scope}/disable_ipv6`;
    if ((await fabric.sysctl(key)) !== undefined) await fabric.sysctlSet(key, "1");
  }
  await fabric.linkAdd({ kind: "bridge", name: bridge, mtu });
  await fabric.linkSet(bridge, { up: true });
}

/** Cables `card`'s uplink to the fabric and gives it its addresses. */
export async function connectUplink(options: {
  readonly fabric: Netns;
  readonly dpu: Netns;
  readonly card: Card;
  readonly node: number;
  readonly seed: number;
  readonly mtu: number;
}): Promise<void> {
  const { fabric, dpu, card, node, seed, mtu } = options;
  const port = `node${node}`;
  await fabric.linkAdd({
    kind: "veth",
    name: port,
    mtu,
    address: macOf({ seed, node, role: "uplink", side: 1 }),
    peer: {
      name: uplinkNetdev,
      netns: dpu,
      mtu,
      address: macOf({ seed, node, role: "uplink" }),
    },
  });
  await fabric.linkSet(port, { master: bridge, up: true });
  await dpu.linkSet(uplinkNetdev, { up: true });
  await dpu.addressAdd(uplinkNetdev, { address: card.fabric.ipv4 });
  await dpu.addressAdd(uplinkNetdev, { address: card.fabric.ipv6, nodad: true });
}
