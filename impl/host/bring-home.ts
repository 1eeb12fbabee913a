/** Finds the VF of an attachment wherever it is, takes it home and restores it. */
import { pause } from "../base/pause.ts";
import { keyText } from "../cni/types.ts";
import type { Link, Netns } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import { fateOf, findAtHome } from "../vf/home.ts";
import { findVf, parseMark } from "../vf/mark.ts";
import { restorePfSetting } from "../vf/pf-setting.ts";
import { restore } from "../vf/pristine.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";

export interface Search {
  /** where else than in the namespace of its ADD the VF may be */
  readonly netns: string | undefined;
  /** how long the kernel may take to bring it home from a namespace that died */
  readonly waitMs: number;
}

/** Undefined when the VF is home and pristine; else why not, in one line. Never throws. */
export async function bringHome(
  host: Host,
  record: Attachment,
  search: Search,
): Promise<string | undefined> {
  const { pciAddress } = record.vf;
  let reason: string | undefined;
  try {
    if (await isDestroyed(host, record)) return undefined;
    const name = (await takeHome(host, record, search)) ?? (await comeHome(host, record, search));
    await pause?.("del-vf-taken", keyText(record.key));
    reason = "notHome" in name ? name.notHome : await restored(host, name.atHome, record);
    await pause?.("del-vf-restored", keyText(record.key));
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return reason && `vf ${pciAddress} is not back: ${reason}`;
}

async function restored(
  { home, pool }: Host,
  name: string,
  { vf }: Attachment,
): Promise<string | undefined> {
  const { pristine, pciAddress } = vf;
  const difference =
    (await restore(home.netns, name, pristine)) ?? (await pfDifference({ home, pool }, vf));
  if (difference === undefined) pool.restored(pciAddress, pristine);
  return difference;
}

/** What the PF had set for the VF: after the VF's own attributes, which the PF's may follow, as a MAC does. */
async function pfDifference(
  { home, pool }: Pick<Host, "home" | "pool">,
  { pciAddress, pristine }: Attachment["vf"],
): Promise<string | undefined> {
  const { pf, name } = pristine;
  const now = pool.find(pciAddress);
  if (pf === undefined || now === undefined) return undefined;
  const outcome = await restorePfSetting(home, now, pf);
  switch (outcome.state) {
    case "same":
      return undefined;
    case "restored":
      // Some drivers reset a VF for it.
      return restore(home.netns, name, pristine);
    case "differs":
      return outcome.reason;
  }
}

/** A netdev that the card destroyed needs no way home; one that has its address now is not ours to restore. */
async function isDestroyed(host: Host, record: Attachment): Promise<boolean> {
  const fate = await fateOf(host.home, record.vf);
  if (fate === "there") return false;
  const vf = record.vf.pciAddress;
  host.log.warn("the card no longer has the vf of an attachment", {
    ...{ key: keyText(record.key), vf, fate },
  });
  return true;
}

type Whereabouts = { readonly atHome: string } | { readonly notHome: string };

/** Takes the VF out of the first namespace that has it; undefined when none has. */
async function takeHome(
  host: Host,
  record: Attachment,
  search: Search,
): Promise<Whereabouts | undefined> {
  for (const path of new Set([record.netns, search.netns])) {
    const name = path && (await takeFrom(host, record, path));
    if (name) return { atHome: name };
  }
  return undefined;
}

/** It was never moved, or the kernel brings it from a namespace that died. */
async function comeHome(host: Host, record: Attachment, search: Search): Promise<Whereabouts> {
  const link = await findAtHome(host.home, record.vf.pciAddress, search.waitMs);
  return typeof link === "string" ? { notHome: link } : { atHome: link.name };
}

/** The VF's name at home when it was in the namespace at `path`, which may be gone, a plain file, or another pod's. */
async function takeFrom(host: Host, record: Attachment, path: string): Promise<string | undefined> {
  const home = host.home.netns;
  using netns = await openIfThere(host, path);
  if (netns === undefined || netns.id === home.id) return undefined;
  const link = findOurs(await netns.links(), record);
  if (link === undefined) return undefined;
  const isTaken = (await home.link(record.vf.pristine.name)) !== undefined;
  const name = isTaken ? spareName(record) : record.vf.pristine.name;
  try {
    await netns.linkSet(link.name, { up: false, netns: home, name });
    return name;
  } catch (error) {
    // The namespace died under our hands: the kernel brings the VF home.
    if (!isErrno(error, "ENODEV")) throw error;
    return undefined;
  }
}

async function openIfThere(host: Host, path: string): Promise<Netns | undefined> {
  try {
    return await host.kernel.open(path);
  } catch {
    // Whatever is at the path, the VF cannot be reached through it.
    return undefined;
  }
}

/** The VF itself; or, when the pod wiped its mark, the interface that is as we made it and bears nobody's mark. */
function findOurs(links: readonly Link[], record: Attachment): Link | undefined {
  const mac = record.port?.mac ?? record.mac ?? record.vf.pristine.address;
  return (
    findVf(links, record.vf.pciAddress) ??
    links.find(
      (link) =>
        link.name === record.key.ifname &&
        link.address === mac &&
        link.parentDevice === undefined &&
        parseMark(link.alias) === undefined,
    )
  );
}

/** For a VF whose own name is another link's; `restore` then says so. At most 15 bytes. */
function spareName(record: Attachment): string {
  return `offl${record.vf.pf}v${record.vf.index}`;
}
