/** Whether a VF is at home, i.e. in the daemon's own namespace: sysfs says under which name, the kernel confirms. */
import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
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

/**
 * What became of a function since it was leased: `gone` when the card has no such function any more (its netdev was
 * destroyed, wherever it was), `another` when its address is now that of another VF of the card (they were
 * renumbered). With a tree that cannot be read it counts as there.
 */
export async function fateOf(
  { sysfsRoot }: Pick<Home, "sysfsRoot">,
  vf: { readonly pciAddress: string; readonly index: number },
): Promise<"there" | "gone" | "another"> {
  const devices = join(sysfsRoot, "bus/pci/devices");
  try {
    const device = realpathSync.native(join(devices, vf.pciAddress));
    const same = realpathSync.native(join(device, "physfn", `virtfn${vf.index}`));
    return same === device ? "there" : "another";
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") return "there";
  }
  const names = namesIn(devices);
  if (names.length === 0) return "there";
  return names.includes(vf.pciAddress) ? "another" : "gone";
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
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
