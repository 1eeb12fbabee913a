/** A small sysfs tree of one PF on disk, for tests. */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const sysfsPf = "0000:03:00.0";

export interface SysfsTree {
  readonly root: string;
  readonly pfFolder: string;
  vfFolder(index: number): string;
  netFolder(index: number): string;
  /** What the kernel does when the netdev of a VF moves: undefined takes it out of this namespace. */
  setNetdev(index: number, name: string | undefined): Promise<void>;
  /** As after another number in sriov_numvfs: a function of that index is there. */
  create(index: number): Promise<void>;
  /** Its function is gone. */
  destroy(index: number): Promise<void>;
}

/** VF i is function i+1 behind the PF; its netdev is `names(i)`. */
export async function makeSysfs(
  root: string,
  vfs: number,
  names: (index: number) => string = (index) => `enp3s0f0v${index}`,
): Promise<SysfsTree> {
  const devices = join(root, "devices/pci0000:00");
  const bus = join(root, "bus/pci/devices");
  await mkdir(bus, { recursive: true });
  const pfFolder = join(devices, sysfsPf);
  await addDevice(bus, sysfsPf, pfFolder);
  const vfFolder = (index: number) => join(devices, vfAddress(index));
  const netFolder = (index: number) => join(vfFolder(index), "net");
  const setNetdev = async (index: number, name: string | undefined) => {
    await rm(netFolder(index), { recursive: true, force: true });
    if (name !== undefined) await mkdir(join(netFolder(index), name), { recursive: true });
  };
  let count = 0;
  const counted = (change: number) => {
    count += change;
    return writeFile(join(pfFolder, "sriov_numvfs"), `${count}\n`);
  };
  const create = async (index: number) => {
    await addDevice(bus, vfAddress(index), vfFolder(index));
    await symlink(`../${sysfsPf}`, join(vfFolder(index), "physfn"));
    await symlink(`../${vfAddress(index)}`, join(pfFolder, `virtfn${index}`));
    await counted(1);
  };
  const destroy = async (index: number) => {
    await rm(join(pfFolder, `virtfn${index}`));
    await rm(join(bus, vfAddress(index)));
    await rm(vfFolder(index), { recursive: true });
    await counted(-1);
  };
  await counted(0);
  for (let index = 0; index < vfs; index += 1) {
    await create(index);
    await setNetdev(index, names(index));
  }
  return { root, pfFolder, vfFolder, netFolder, setNetdev, create, destroy };
}

export function vfAddress(index: number): string {
  const device = Math.floor((index + 1) / 8);
  return `0000:03:${device.toString(16).padStart(2, "0")}.${(index + 1) % 8}`;
}

async function addDevice(bus: string, address: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await symlink(folder, join(bus, address));
}
