/** What a free VF was before its first use, and the way back to it: set, then read again to be sure. */
import type { Link, LinkChange, Netns } from "../netlink/kernel.ts";
import type { Pristine } from "./vf.ts";

export function pristineOf(link: Link): Pristine {
  return {
    name: link.name,
    address: link.address,
    mtu: link.mtu,
    up: link.up,
    promisc: link.promisc,
    allmulticast: link.allmulticast,
    txQueueLen: link.txQueueLen,
    alias: link.alias ?? "",
    altNames: link.altNames,
  };
}

/**
 * Gives the VF that is at home under `name` all of `pristine` back. Undefined when it has it; else, in one line,
 * what differs. A refused attribute does not keep the others from being restored.
 */
export async function restore(
  home: Netns,
  name: string,
  pristine: Pristine,
): Promise<string | undefined> {
  const found = await home.link(name);
  if (found === undefined) return `"${name}" left the daemon's namespace while it was restored`;
  const now = pristineOf(found);
  if (firstDifference(now, pristine) === undefined) return undefined;

  const refused: string[] = [];
  const set = async (current: string, change: LinkChange) => {
    try {
      await home.linkSet(current, change);
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  };
  if (now.up) await set(now.name, { up: false });
  for (const change of changes(now, pristine)) await set(now.name, change);
  if (now.name !== pristine.name) await set(now.name, { name: pristine.name });

  // By index from here: another link may have the name.
  const named = await byIndex(home, found.index);
  if (pristine.up && named?.name === pristine.name) await set(pristine.name, { up: true });
  const restored = await byIndex(home, found.index);
  if (restored === undefined) return `"${name}" left the daemon's namespace while it was restored`;
  const difference = firstDifference(pristineOf(restored), pristine);
  return difference && [difference, ...refused.slice(0, 1)].join(": ");
}

async function byIndex(home: Netns, index: number): Promise<Link | undefined> {
  return (await home.links()).find((link) => link.index === index);
}

function changes(now: Pristine, pristine: Pristine): LinkChange[] {
  const add = pristine.altNames.filter((name) => !now.altNames.includes(name));
  const del = now.altNames.filter((name) => !pristine.altNames.includes(name));
  const { address, mtu, promisc, allmulticast, txQueueLen, alias } = pristine;
  return [
    ...(now.address === address ? [] : [{ address }]),
    ...(now.mtu === mtu ? [] : [{ mtu }]),
    ...(now.promisc === promisc ? [] : [{ promisc }]),
    ...(now.allmulticast === allmulticast ? [] : [{ allmulticast }]),
    ...(now.txQueueLen === txQueueLen ? [] : [{ txQueueLen }]),
    ...(now.alias === alias ? [] : [{ alias }]),
    ...(add.length + del.length === 0 ? [] : [{ altNames: { add, del } }]),
  ];
}

/** e.g. `its mtu is 9000, not 1500` */
function firstDifference(now: Pristine, pristine: Pristine): string | undefined {
  const keys = Object.keys(pristine) as (keyof Pristine)[];
  for (const key of keys) {
    const [is, was] = [JSON.stringify(sorted(now[key])), JSON.stringify(sorted(pristine[key]))];
    if (is !== was) return `its ${key} is ${is}, not ${was}`;
  }
  return undefined;
}

function sorted(value: Pristine[keyof Pristine]): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
