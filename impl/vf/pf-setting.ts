/**
 * What the physical function has set for its VFs: MAC, VLAN, rate, spoof check, link state, trust. Read and given back by
 * way of the PF's netdev; where that is not in the daemon's namespace nobody here can know or change any of it.
 */
import { errnoOf } from "../base/errno.ts";
import type { VfChange, VfSetting } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import type { Home } from "./home.ts";
import { readNetdev } from "./netdev.ts";

export type PfSetting = Omit<VfSetting, "index">;

/** By the index of the VF. Empty: the PF has no netdev here, or its driver does not say. */
export async function readPfSettings(
  home: Pick<Home, "netns" | "sysfsRoot">,
  pfPciAddress: string,
): Promise<ReadonlyMap<number, PfSetting>> {
  const netdev = await readNetdev(home.sysfsRoot, pfPciAddress);
  if (netdev.kind !== "netdev") return new Map();
  try {
    const settings = await home.netns.vfs(netdev.name);
    return new Map(settings.map(({ index, ...setting }) => [index, setting]));
  } catch (error) {
    // sysfs names a netdev that is elsewhere by now.
    if (isErrno(error, "ENODEV")) return new Map();
    throw error;
  }
}

export type PfRestored =
  | { readonly state: "same" }
  | { readonly state: "restored" }
  /** in one line */
  | { readonly state: "differs"; readonly reason: string };

/** Gives the VF of this index all of `wanted` back, and reads it again to be sure. One refusal does not keep the rest. */
export async function restorePfSetting(
  home: Pick<Home, "netns" | "sysfsRoot">,
  vf: { readonly pfPciAddress: string; readonly index: number },
  wanted: PfSetting,
): Promise<PfRestored> {
  const now = (await readPfSettings(home, vf.pfPciAddress)).get(vf.index);
  if (now === undefined) return unreadable(vf);
  const differing = keysThatDiffer(now, wanted);
  if (differing.length === 0) return { state: "same" };
  const netdev = await readNetdev(home.sysfsRoot, vf.pfPciAddress);
  if (netdev.kind !== "netdev") return unreadable(vf);
  let refused = "";
  for (const key of differing) {
    const change: VfChange = { [key]: wanted[key] };
    try {
      await home.netns.vfSet(netdev.name, vf.index, change);
    } catch (error) {
      refused ||= `: ${error instanceof Error ? error.message : (errnoOf(error) ?? String(error))}`;
    }
  }
  const after = (await readPfSettings(home, vf.pfPciAddress)).get(vf.index);
  if (after === undefined) return unreadable(vf);
  const [left] = keysThatDiffer(after, wanted);
  if (left === undefined) return { state: "restored" };
  const [is, was] = [JSON.stringify(after[left]), JSON.stringify(wanted[left])];
  return { state: "differs", reason: `its PF has its ${left} at ${is}, not ${was}${refused}` };
}

function unreadable({ pfPciAddress }: { readonly pfPciAddress: string }): PfRestored {
  return {
    state: "differs",
    reason: `its PF ${pfPciAddress} does not say any more what it has set for it`,
  };
}

/** Those that were not known are nobody's to give back. */
function keysThatDiffer(now: PfSetting, wanted: PfSetting): readonly (keyof PfSetting)[] {
  const keys = Object.keys(wanted) as (keyof PfSetting)[];
  return keys.filter((key) => textOf(now[key]) !== textOf(wanted[key]));
}

/** Whatever the order of its keys. */
function textOf(value: PfSetting[keyof PfSetting]): string | undefined {
  if (typeof value !== "object") return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
