/** Whether a VF is at home, i.e. in the daemon's own namespace: sysfs says under which name, the kernel confirms. */
import type { Clock } from "../base/time.ts";
import type { Link, Netns } from "../netlink/kernel.ts";
import { readNetdev } from "./netdev.ts";

export interface Home {
  readonly netns: Netns;
  readonly sysfsRoot: string;
  readonly clock: Clock;
}

/** A VF comes home some milliseconds after its pod's namespace died, and sysfs may show a move as late. */
const pollMs = 20;

/** The VF's link at home, waiting at most `withinMs` for it to come; else a line that says where it is not. */
export async function findAtHome(
  home: Home,
  pciAddress: string,
  withinMs: number,
): Promise<Link | string> {
  const end = home.clock.now() + withinMs;
  for (;;) {
    const found = await look(home, pciAddress);
    if (typeof found !== "string" || home.clock.now() >= end) return found;
    await home.clock.sleep(pollMs);
  }
}

async function look(home: Home, pciAddress: string): Promise<Link | string> {
  const netdev = await readNetdev(home.sysfsRoot, pciAddress);
  switch (netdev.kind) {
    case "none":
      return "its netdev is not in the daemon's network namespace";
    case "bad":
      return netdev.reason;
    case "netdev": {
      const link = await home.netns.link(netdev.name);
      if (link === undefined || (link.parentDevice ?? pciAddress) !== pciAddress) {
        return `sysfs shows it as "${netdev.name}", which is not in the daemon's network namespace`;
      }
      return link;
    }
  }
}
