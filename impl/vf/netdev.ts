/** Which netdev a PCI function has in the namespace that sysfs shows: the one way from a VF to its name at home. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";

export type Netdev =
  | { readonly kind: "netdev"; readonly name: string }
  /** in another namespace, or bound to a driver without netdevs */
  | { readonly kind: "none" }
  | { readonly kind: "bad"; readonly reason: string };

/** Without another thread, which takes ten times as long: sysfs waits for no disk. */
export async function readNetdev(sysfsRoot: string, pciAddress: string): Promise<Netdev> {
  const folder = join(sysfsRoot, "bus/pci/devices", pciAddress, "net");
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    // The folder itself goes away with the last netdev.
    if (errnoOf(cause) === "ENOENT") return { kind: "none" };
    return { kind: "bad", reason: `expected a folder "${folder}", ${errnoOf(cause)}` };
  }
  const [name, second] = names.sort();
  if (name === undefined) return { kind: "none" };
  if (second !== undefined) {
    return { kind: "bad", reason: `expected one netdev in "${folder}", it has ${names.join(" ")}` };
  }
  if (!isLinkName(name)) {
    const shown = JSON.stringify(name.slice(0, 40));
    return { kind: "bad", reason: `expected the name of a netdev in "${folder}", it is ${shown}` };
  }
  return { kind: "netdev", name };
}

/** dev_valid_name() of the kernel. */
export function isLinkName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  return Buffer.byteLength(name) <= 15 && !/[/:\s]/.test(name);
}
