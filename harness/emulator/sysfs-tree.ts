/**
 * The card as /sys shows it: bus/pci/devices with a PF, its VFs and the links between them. What the kernel would
 * change by itself, the `net/NAME` folder of a function whose netdev is in the host's namespace, is set by `show`.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Card, CardVf } from "../core/backend.ts";
import { pfAddress } from "./card-layout.ts";

const vendor = "0x177d";
const pfDevice = "0xb900";
const vfDevice = "0xb903";
const ethernetClass = "0x020000";
const pfDriver = "octeon_ep";
const vfDriver = "octeon_ep_vf";

export class SysfsTree {
  readonly #devices: string;
  readonly #bus: string;
  readonly #drivers: string;
  #vfs: readonly CardVf[] = [];

  /** Plugs the card in: makes the tree below `root`. */
  constructor(root: string, card: Card) {
    this.#devices = join(root, "devices/pci0000:00");
    this.#bus = join(root, "bus/pci/devices");
    this.#drivers = join(root, "bus/pci/drivers");
    mkdirSync(this.#bus, { recursive: true });
    this.#add({ address: pfAddress, device: pfDevice, driver: pfDriver });
    write(this.#pf, { sriov_totalvfs: `${card.vfs.length}` });
    this.replaceVfs(card.vfs);
  }

  /** As after `echo N > sriov_numvfs`: the functions there were are gone, these are there, none with a netdev yet. */
  replaceVfs(vfs: readonly CardVf[]): void {
    for (const { pciAddress, index } of this.#vfs) {
      rmSync(join(this.#pf, `virtfn${index}`));
      rmSync(join(this.#bus, pciAddress));
      rmSync(join(this.#drivers, vfDriver, pciAddress));
      rmSync(join(this.#devices, pciAddress), { recursive: true });
    }
    for (const { pciAddress, index } of vfs) {
      const folder = this.#add({ address: pciAddress, device: vfDevice, driver: vfDriver });
      link(this.#pf, join(folder, "physfn"));
      link(folder, join(this.#pf, `virtfn${index}`));
    }
    write(this.#pf, { sriov_numvfs: `${vfs.length}` });
    this.#vfs = vfs;
  }

  get #pf(): string {
    return join(this.#devices, pfAddress);
  }

  #add(pci: {
    readonly address: string;
    readonly device: string;
    readonly driver: string;
  }): string {
    const { address, device, driver } = pci;
    const folder = join(this.#devices, address);
    const driverFolder = join(this.#drivers, driver);
    mkdirSync(folder, { recursive: true });
    mkdirSync(driverFolder, { recursive: true });
    write(folder, { vendor, device, class: ethernetClass });
    link(folder, join(this.#bus, address));
    link(driverFolder, join(folder, "driver"));
    link(folder, join(driverFolder, address));
    return folder;
  }

  /** Lets function `address` have exactly this netdev, or none. */
  show(address: string, netdev: string | undefined): void {
    const net = join(this.#devices, address, "net");
    const shown = this.netdevs(address);
    if (netdev !== undefined && !shown.includes(netdev)) {
      mkdirSync(join(net, netdev), { recursive: true });
    }
    for (const name of shown) if (name !== netdev) rmSync(join(net, name), { recursive: true });
    // As in the kernel, the folder goes with its last netdev.
    if (netdev === undefined && existsSync(net)) rmSync(net, { recursive: true });
  }

  netdevs(address: string): readonly string[] {
    const net = join(this.#devices, address, "net");
    return existsSync(net) ? readdirSync(net) : [];
  }
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(folder, name), `${value}\n`);
}

/** Relative, as sysfs has them: the tree may be seen under another path inside a container. */
function link(target: string, path: string): void {
  symlinkSync(relative(dirname(path), target), path);
}
