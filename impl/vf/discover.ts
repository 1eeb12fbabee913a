/** Finds the VFs of the configured PFs in sysfs, and says exactly what is wrong with a tree it cannot use. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { readNetdev } from "./netdev.ts";
import type { Vf } from "./vf.ts";

/** A PF that cannot be used: the daemon does not start. */
export class VfTreeError extends Error {
  override readonly name = "VfTreeError";
}

export interface Discovery {
  readonly vfs: readonly Vf[];
  /** one line for each VF that was left out, and for a PF with another number of VFs than it says */
  readonly warnings: readonly string[];
}

export const pciAddressPattern = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/;

export async function discoverVfs(sysfsRoot: string, pfs: readonly string[]): Promise<Discovery> {
  const vfs: Vf[] = [];
  const warnings: string[] = [];
  for (const [pf, address] of pfs.entries()) {
    const found = await readPf({ sysfsRoot, pf, address });
    warnings.push(...found.warnings);
    vfs.push(...found.vfs);
  }
  return { vfs, warnings };
}

/** Changes when VFs were created, destroyed or renumbered; far cheaper than a discovery. */
export async function vfFingerprint(sysfsRoot: string, pfs: readonly string[]): Promise<string> {
  const parts = pfs.map((pf) => {
    const folder = join(sysfsRoot, "bus/pci/devices", pf);
    const links = readdirSync(folder).filter((name) => name.startsWith("virtfn"));
    const targets = links
      .sort()
      .map((name) => `${name}=${basename(readlinkSync(join(folder, name)))}`);
    return targets.join(" ");
  });
  return parts.join("\n");
}

interface Pf {
  readonly sysfsRoot: string;
  readonly pf: number;
  readonly address: string;
}

async function readPf(pf: Pf): Promise<Discovery> {
  const folder = join(pf.sysfsRoot, "bus/pci/devices", pf.address);
  const names = await list(folder, pf.address);
  const count = await readCount(join(folder, "sriov_numvfs"), pf.address);
  const links = names.filter((name) => name.startsWith("virtfn"));
  const vfs: Vf[] = [];
  const warnings: string[] = [];
  for (const name of links.sort(byNumber)) {
    const vf = await readVf(pf, join(folder, name));
    if (typeof vf === "string") warnings.push(`Cannot use VF "${join(folder, name)}": ${vf}`);
    else vfs.push(vf);
  }
  if (count === 0 && links.length === 0) return { vfs, warnings: [noVfs(pf)] };
  if (vfs.length === 0) throw noUsableVf(pf, count, warnings);
  if (links.length !== count) {
    warnings.push(`PF "${pf.address}" says sriov_numvfs ${count}, but has ${links.length} VFs`);
  }
  return { vfs, warnings };
}

/** The VF behind one virtfnN link, or what is wrong with it. */
async function readVf(pf: Pf, link: string): Promise<Vf | string> {
  const index = /^virtfn(0|[1-9][0-9]{0,4})$/.exec(basename(link))?.[1];
  if (index === undefined) return "expected a number after virtfn";
  const target = await follow(link);
  if (target === undefined) return "expected a link to a PCI device, it leads nowhere";
  const pciAddress = basename(target);
  if (!pciAddressPattern.test(pciAddress)) {
    return `expected a link to a PCI device, it leads to "${pciAddress}"`;
  }
  const physfn = await follow(join(target, "physfn"));
  if (physfn === undefined || basename(physfn) !== pf.address) {
    const state = physfn === undefined ? "it leads nowhere" : `it leads to "${basename(physfn)}"`;
    return `expected ${join(target, "physfn")} to lead back to ${pf.address}, ${state}`;
  }
  const at = await readNetdev(pf.sysfsRoot, pciAddress);
  if (at.kind === "bad") return at.reason;
  return {
    pciAddress,
    pfPciAddress: pf.address,
    pf: pf.pf,
    index: Number(index),
    ...(at.kind === "netdev" ? { netdev: at.name } : {}),
  };
}

async function list(folder: string, pf: string): Promise<string[]> {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const state =
      errnoOf(cause) === "ENOENT"
        ? `expected a folder "${folder}", there is none; give the PF's address as lspci -D prints it`
        : `expected a folder "${folder}" that can be read (${errnoOf(cause) ?? String(cause)})`;
    throw new VfTreeError(`Cannot use PF "${pf}": ${state}`, { cause });
  }
}

async function readCount(path: string, pf: string): Promise<number> {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    const state =
      errnoOf(cause) === "ENOENT"
        ? "there is none; is this the physical function, and is SR-IOV enabled in the firmware"
        : `it cannot be read (${errnoOf(cause) ?? String(cause)})`;
    throw new VfTreeError(`Cannot use PF "${pf}": expected a file "${path}", ${state}`, { cause });
  }
  if (!/^[0-9]{1,5}$/.test(text)) {
    const shown = JSON.stringify(text.slice(0, 40));
    throw new VfTreeError(
      `Cannot use PF "${pf}": expected a number in "${path}", it holds ${shown}`,
    );
  }
  return Number(text);
}

/** No error: they may be created while the daemon runs. */
function noVfs(pf: Pf): string {
  const path = join(pf.sysfsRoot, "bus/pci/devices", pf.address, "sriov_numvfs");
  return `PF "${pf.address}" has no VFs; create them with: echo N > ${path}`;
}

function noUsableVf(pf: Pf, count: number, warnings: readonly string[]): VfTreeError {
  const path = join(pf.sysfsRoot, "bus/pci/devices", pf.address);
  const first = warnings[0] ?? `expected ${count} links virtfnN in "${path}", there are none`;
  return new VfTreeError(`Cannot use PF "${pf.address}": none of its VFs can be used: ${first}`);
}

async function follow(link: string): Promise<string | undefined> {
  try {
    return realpathSync.native(link);
  } catch {
    return undefined;
  }
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
