/** The network namespace of one port: named after its key, so that it is found again after any crash. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Kernel, NamespaceMaker, Netns } from "../../../netlink/kernel.ts";
import { isErrno } from "../../../netlink/netlink-error.ts";
import { ignoring } from "../ignoring.ts";

const prefix = "cni-offload-";

/** As `ip netns` shows it; 64 bits of a hash are unique among the ports of one DPU. */
export function namespacePath(folder: string, key: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return join(folder, `${prefix}${digest}`);
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

/** Marked with the key of its port, so that the namespace says whose it is when no record does. */
export async function makeNamespace(
  kernel: Kernel & NamespaceMaker,
  path: string,
  key: string,
): Promise<void> {
  await removeNamespace(kernel, path);
  await kernel.netnsAdd(path);
  if (Buffer.byteLength(key) > longestAlias) return;
  using netns = await kernel.open(path);
  await netns.linkSet("lo", { alias: key });
}

/** linux/if.h IFALIASZ, less the final zero byte */
const longestAlias = 255;

/** The ports whose namespaces are in `folder`, by what these say. */
export async function namespacesIn(
  kernel: Kernel,
  folder: string,
): Promise<readonly { readonly key: string; readonly links: readonly string[] }[]> {
  const names = await readdir(folder).catch(() => []);
  const found: { key: string; links: string[] }[] = [];
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    using netns = await openNamespace(kernel, join(folder, name));
    const links = (await netns?.links()) ?? [];
    const key = links.find((link) => link.name === "lo")?.alias ?? "";
    if (namespacePath(folder, key) !== join(folder, name)) continue;
    found.push({ key, links: links.map((link) => link.name).filter((link) => link !== "lo") });
  }
  return found;
}

export async function removeNamespace(kernel: NamespaceMaker, path: string): Promise<void> {
  await ignoring(["ENOENT"], kernel.netnsDel(path));
}
