/** A batch as its verbs one after another: what every batch must amount to. */
import type { Change, Netns } from "./kernel.ts";
import { NetlinkError } from "./netlink-error.ts";

export async function oneByOne(
  netns: Netns,
  changes: readonly Change[],
): Promise<(NetlinkError | undefined)[]> {
  const refusals: (NetlinkError | undefined)[] = [];
  for (const change of changes) {
    try {
      await apply(netns, change);
      refusals.push(undefined);
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      refusals.push(error);
    }
  }
  return refusals;
}

function apply(netns: Netns, change: Change): Promise<void> {
  switch (change.verb) {
    case "linkSet":
      return netns.linkSet(change.link, change.change);
    case "addressAdd":
      return netns.addressAdd(change.link, change.address);
    case "addressDel":
      return netns.addressDel(change.link, change.address);
    case "routeAdd":
      return netns.routeAdd(change.route);
    case "routeReplace":
      return netns.routeReplace(change.route);
    case "routeDel":
      return netns.routeDel(change.route);
    case "neighReplace":
      return netns.neighReplace(change.link, change.neigh);
    case "neighDel":
      return netns.neighDel(change.link, change.address);
  }
}
