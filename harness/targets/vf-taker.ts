/** Gives each attachment a VF of the node's card for itself, as the device plugin of a cluster does. */
import { sleep } from "../../impl/base/time.ts";
import type { Node } from "../core/backend.ts";
import type { Plugin, Prepared } from "../core/plugin.ts";

/** for a card to show a VF again whose pod has gone */
const homecomingMs = 2_000;
const pollMs = 10;

/** @param objectWith the plugin object that names this netdev */
export function vfTaker(
  node: Node,
  objectWith: (netdev: string) => Prepared["object"],
): NonNullable<Plugin["prepare"]> {
  // The first goes last: it stands in the configuration that is not for any attachment.
  const free = node.card.vfs.map(({ netdev }) => netdev);
  const [first] = free;
  return async () => {
    const own = free.find((netdev) => netdev !== first) ?? free[0];
    if (own !== undefined) free.splice(free.indexOf(own), 1);
    // With none free it gets one that is in use: a plugin must refuse that by itself.
    const netdev = own ?? node.card.vfs.at(-1)?.netdev ?? "";
    if (own !== undefined) await untilHome(node, own);
    return {
      object: objectWith(netdev),
      undo() {
        if (own !== undefined) free.push(own);
      },
    };
  };
}

async function untilHome(node: Node, netdev: string): Promise<void> {
  const endMs = performance.now() + homecomingMs;
  for (;;) {
    const seen = await node.host.exec(["ip", "link", "show", "dev", netdev]);
    if (seen.exitCode === 0 || performance.now() > endMs) return;
    await sleep(pollMs);
  }
}
