/** Named network namespaces as `ip netns` makes them: bind mounts in /run/netns, so that people can enter them by name. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Netns } from "../../impl/netlink/kernel.ts";
import { mustRun, runCommand } from "./run-command.ts";

export const namespaceFolder = "/run/netns";

export function namespacePath(name: string): string {
  return join(namespaceFolder, name);
}

/** `ip netns add` for each name, in one process. */
export async function addNamespaces(names: readonly string[]): Promise<void> {
  const stdin = names.map((name) => `netns add ${name}\n`).join("");
  await mustRun(["ip", "-batch", "-"], { stdin });
}

/** `ip netns del` for each name that exists; what is not there counts as deleted. */
export async function deleteNamespaces(names: readonly string[]): Promise<void> {
  const existing = new Set(listNamespaces());
  const stdin = names
    .filter((name) => existing.has(name))
    .map((name) => `netns del ${name}\n`)
    .join("");
  if (stdin === "") return;
  await runCommand(["ip", "-force", "-batch", "-"], { stdin });
  const left = listNamespaces().filter((name) => names.includes(name));
  if (left.length > 0) await mustRun(["ip", "netns", "del", left[0] ?? ""]);
}

export function listNamespaces(): readonly string[] {
  try {
    return readdirSync(namespaceFolder).sort();
  } catch {
    return []; // the folder comes with the first namespace
  }
}

/** What /proc/PID/ns/net of a process in it says; undefined when there is no such namespace. */
export function namespaceLink(path: string): string | undefined {
  try {
    return `net:[${statSync(path).ino}]`;
  } catch {
    return undefined;
  }
}

/**
 * Gives a new namespace the settings of a freshly booted kernel. Linux copies the IPv4 ones of the machine's own
 * namespace (net.core.devconf_inherit_init_net = 0), so a machine that forwards for Docker would otherwise lend its
 * forwarding to every node.
 */
export async function freshSettings(netns: Netns): Promise<void> {
  for (const name of ["ip_forward", "conf/all/rp_filter", "conf/default/rp_filter"]) {
    const key = `net/ipv4/${name}`;
    const value = await netns.sysctl(key);
    if (value !== undefined && value !== "0") await netns.sysctlSet(key, "0");
  }
  await netns.linkSet("lo", { up: true });
}

/** Emulated cards' addresses are usable at once: no duplicate address detection. */
export async function withoutDad(netns: Netns): Promise<void> {
  for (const scope of ["all", "default"]) {
    const key = `net/ipv6/conf/${scope}/accept_dad`;
    if ((await netns.sysctl(key)) !== undefined) await netns.sysctlSet(key, "0");
  }
}
