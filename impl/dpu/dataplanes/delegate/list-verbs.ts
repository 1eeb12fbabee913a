/** The verbs of a whole list rather than of one attachment: STATUS, GC, VERSION (CNI specification 1.1.0, section 4). */
import { atLeast } from "../../../cni/version.ts";
import { type ChainRunner, executePlugin } from "./execute-plugin.ts";
import type { NetworkList } from "./network-list.ts";
import { shown } from "./plugin-failure.ts";

const nobody = { containerId: "", ifname: "", args: "", wishes: {} };

/** Rejects with what the first plugin that is not ready says. Resolves at once for a version that has no STATUS. */
export async function statusOfList(
  runner: ChainRunner,
  list: NetworkList,
  signal: AbortSignal,
): Promise<void> {
  if (!atLeast(list.version, "1.1.0")) return;
  for (const plugin of list.plugins) {
    await executePlugin(runner, { ...nobody, list }, { verb: "STATUS", netns: "", signal, plugin });
  }
}

export interface ValidAttachment {
  readonly containerID: string;
  readonly ifname: string;
}

/** Every plugin is asked; then the first failure is thrown. Resolves at once where there is no GC. */
export async function gcList(
  runner: ChainRunner,
  list: NetworkList,
  { valid, signal }: { readonly valid: readonly ValidAttachment[]; readonly signal: AbortSignal },
): Promise<void> {
  if (list.disableGC || !atLeast(list.version, "1.1.0")) return;
  const extra = { "cni.dev/valid-attachments": valid };
  let first: unknown;
  for (const plugin of list.plugins) {
    const step = { verb: "GC" as const, netns: "", signal, plugin, extra };
    await executePlugin(runner, { ...nobody, list }, step).catch((error) => {
      first ??= error;
    });
  }
  if (first !== undefined) throw first;
}

/** Throws when a plugin is missing, or does not speak the list's version. */
export async function confirmVersions(
  runner: ChainRunner,
  list: NetworkList,
  signal: AbortSignal,
): Promise<void> {
  for (const plugin of list.plugins) {
    const step = { verb: "VERSION" as const, netns: "", signal, plugin };
    const stdout = await executePlugin(runner, { ...nobody, list }, step);
    const versions = supportedVersions(stdout);
    if (versions.includes(list.version)) continue;
    const spoken =
      versions.length === 0 ? `nothing readable: "${shown(stdout)}"` : versions.join(", ");
    throw new Error(`plugin "${plugin.type}" speaks ${spoken}, the list ${list.version}`);
  }
}

function supportedVersions(stdout: string): readonly string[] {
  try {
    const { supportedVersions } = JSON.parse(stdout) as { supportedVersions?: unknown };
    if (!Array.isArray(supportedVersions)) return [];
    return supportedVersions.filter((one) => typeof one === "string");
  } catch {
    return [];
  }
}
