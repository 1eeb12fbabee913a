/** Finds the VF of an attachment wherever it is, takes it home and restores it. */
import type { Link, Netns } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import { findAtHome } from "../vf/home.ts";
import { findVf, parseMark } from "../vf/mark.ts";
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
  const { pciAddress, pristine } = record.vf;
  try {
    for (const path of new Set([record.netns, search.netns])) {
      if (path && (await takeFrom(host, record, path))) break;
    }
    const link = await findAtHome(host.home, pciAddress, search.waitMs);
    const reason =
      typeof link === "string" ? link : await restore(host.home.netns, link.name, pristine);
    return reason && `vf ${pciAddress} is not back: ${reason}`;
  } catch (error) {
    return `vf ${pciAddress} is not back: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Whether the VF was in the namespace at `path`, which may be gone, a plain file, or another pod's by now. */
async function takeFrom(host: Host, record: Attachment, path: string): Promise<boolean> {
  const home = host.home.netns;
  using netns = await openIfThere(host, path);
  if (netns === undefined || netns.id === home.id) return false;
  const link = findOurs(await netns.links(), record);
  if (link === undefined) return false;
  const { name } = record.vf.pristine;
  const taken = (await home.link(name)) !== undefined;
  try {
    const homeName = taken ? spareName(record) : name;
    await netns.linkSet(link.name, { up: false, netns: home, name: homeName });
  } catch (error) {
    // The namespace died under our hands: the kernel brings the VF home.
    if (!isErrno(error, "ENODEV")) throw error;
  }
  return true;
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
  const mac = record.port?.mac ?? record.vf.pristine.address;
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
