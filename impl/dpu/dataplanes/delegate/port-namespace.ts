/** The network namespace of one port: named after its key, so that it is found again after any crash. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Kernel, NamespaceMaker, Netns } from "../../../netlink/kernel.ts";
import { isErrno } from "../../../netlink/netlink-error.ts";
import { ignoring } from "../ignoring.ts";

/** As `ip netns` shows it; 64 bits of a hash are unique among the ports of one DPU. */
export function namespacePath(folder: string, key: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return join(folder, `cni-offload-${digest}`);
}

/** undefined: there is none, or only its name is left, as after a reboot */
export async function openNamespace(kernel: Kernel, path: string): Promise<Netns | undefined> {
  try {
    return await kernel.open(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "EINVAL")) return undefined;
    throw error;
  }
}

export async function makeNamespace(kernel: Kernel & NamespaceMaker, path: string): Promise<Netns> {
  await removeNamespace(kernel, path);
  await kernel.netnsAdd(path);
  return kernel.open(path);
}

export async function removeNamespace(kernel: NamespaceMaker, path: string): Promise<void> {
  await ignoring(["ENOENT"], kernel.netnsDel(path));
}
