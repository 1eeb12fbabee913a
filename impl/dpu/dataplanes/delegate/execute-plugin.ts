/** One call of one plugin of a list: found in the folders, given its environment and configuration, its failure thrown. */
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { NetworkList, PluginConfig } from "./network-list.ts";
import { PluginFailure, type PluginVerb } from "./plugin-failure.ts";
import type { RunPlugin } from "./run-plugin.ts";

/** What is executed for one attachment, kept until its DEL: a later edit of the file must not reach it. */
export interface ChainCall {
  readonly list: NetworkList;
  readonly containerId: string;
  readonly ifname: string;
  /** CNI_ARGS */
  readonly args: string;
  /** what the runtime asks, by capability; each plugin gets those it declares */
  readonly wishes: Readonly<Record<string, unknown>>;
  /** addresses to be given again: convention `args.cni.ips` */
  readonly ips?: readonly string[];
}

export interface ChainRunner {
  readonly run: RunPlugin;
  readonly cniBin: readonly string[];
}

export interface Step {
  readonly verb: PluginVerb;
  /** CNI_NETNS: the path, or "" when the namespace is gone */
  readonly netns: string;
  readonly signal: AbortSignal;
}

export interface Execution extends Step {
  readonly plugin: PluginConfig;
  readonly prev?: unknown;
  readonly extra?: Readonly<Record<string, unknown>>;
}

export async function executePlugin(
  { run, cniBin }: ChainRunner,
  call: ChainCall,
  { verb, plugin, netns, signal, prev, extra }: Execution,
): Promise<string> {
  const executable = await findPlugin(plugin.type, cniBin);
  const configuration = { ...configurationOf(plugin, call), ...extra };
  const end = await run({
    executable,
    environment: {
      PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      LC_ALL: "C",
      CNI_COMMAND: verb,
      CNI_PATH: cniBin.join(":"),
      ...(call.containerId === "" ? {} : environmentOf(call, netns)),
    },
    stdin: JSON.stringify(
      prev === undefined ? configuration : { ...configuration, prevResult: prev },
    ),
    signal,
  });
  if (end.exitCode === 0 && end.killed === undefined) return end.stdout;
  throw new PluginFailure(plugin.type, verb, end);
}

function environmentOf({ containerId, ifname, args }: ChainCall, netns: string) {
  return {
    CNI_CONTAINERID: containerId,
    CNI_IFNAME: ifname,
    CNI_NETNS: netns,
    ...(args === "" ? {} : { CNI_ARGS: args }),
  };
}

/** The capabilities that a plugin's configuration turns on. */
export function declaredBy(plugin: PluginConfig): readonly string[] {
  const capabilities = plugin["capabilities"];
  if (typeof capabilities !== "object" || capabilities === null) return [];
  return Object.entries(capabilities).flatMap(([name, on]) => (on === true ? [name] : []));
}

/** Like libcni, which leaves `capabilities` in place: meta-plugins read them for their own delegates. */
function configurationOf(plugin: PluginConfig, { list, wishes, ips }: ChainCall) {
  const declared = declaredBy(plugin);
  const asked = ips === undefined ? wishes : { ...wishes, ips };
  const runtimeConfig = Object.fromEntries(
    Object.entries(asked).filter(([name]) => declared.includes(name)),
  );
  return {
    ...plugin,
    ...(ips === undefined ? {} : { args: { cni: { ips } } }),
    name: list.name,
    cniVersion: list.version,
    ...(Object.keys(runtimeConfig).length === 0 ? {} : { runtimeConfig }),
  };
}

async function findPlugin(type: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, type);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // The next folder may have it.
    }
  }
  throw new Error(`plugin "${type}" is in none of ${folders.join(", ")}`);
}
