/** The link between a server and its card's own system, on which daemon and agent talk. */
import type { Netns } from "../../impl/netlink/kernel.ts";
import type { Card } from "../core/backend.ts";
import { macOf, managementNetdev } from "./card-layout.ts";

export async function connectManagement(options: {
  readonly host: Netns;
  readonly dpu: Netns;
  readonly card: Card;
  readonly node: number;
  readonly seed: number;
}): Promise<void> {
  const { host, dpu, card, node, seed } = options;
  await host.linkAdd({
    kind: "veth",
    name: managementNetdev,
    address: macOf({ seed, node, role: "management" }),
    peer: {
      name: managementNetdev,
      netns: dpu,
      address: macOf({ seed, node, role: "management", side: 1 }),
    },
  });
  const ends = [
    { netns: host, address: card.management.host },
    { netns: dpu, address: card.management.dpu },
  ];
  for (const { netns, address } of ends) {
    await netns.linkSet(managementNetdev, { up: true });
    await netns.addressAdd(managementNetdev, { address });
  }
}

/** One end of the link in another namespace, as after a boot of its side: the other end sees its carrier go and come. */
export async function reconnectManagement(move: {
  readonly from: Netns;
  readonly to: Netns;
  readonly address: string;
}): Promise<void> {
  const { from, to, address } = move;
  await from.linkSet(managementNetdev, { netns: to, up: false });
  await to.linkSet(managementNetdev, { up: true });
  await to.addressAdd(managementNetdev, { address });
}
