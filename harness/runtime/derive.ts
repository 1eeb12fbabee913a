/** Derives what one plugin of a list gets on stdin (section 3 "Deriving", RT-05, RT-06). */
import { z } from "zod";
import type { Network, PluginConfig } from "./network.ts";

/** what libcni sends to plugins beside the plugin's own keys */
export interface Derivation {
  readonly prevResult?: unknown;
  /** capability arguments: only those the plugin declares reach it */
  readonly capabilityArguments?: Readonly<Record<string, unknown>>;
  /** GC: attachments that are still valid */
  readonly validAttachments?: readonly ValidAttachment[] | null;
}

export interface ValidAttachment {
  readonly containerID: string;
  readonly ifname: string;
}

/** `cni.dev/valid-attachments` is the text's key, `cni.dev/attachments` the published tag's; libcni sends both. */
export const gcKeys = ["cni.dev/valid-attachments", "cni.dev/attachments"] as const;

const capabilities = z.record(z.string(), z.boolean()).catch({});

export function deriveConfig(
  network: Network,
  plugin: PluginConfig,
  { prevResult, capabilityArguments = {}, validAttachments }: Derivation = {},
): Readonly<Record<string, unknown>> {
  const own = Object.entries(plugin).filter(
    ([key]) => key !== "capabilities" && key !== "prevResult" && !key.startsWith("cni.dev/"),
  );
  const runtimeConfig = runtimeConfigOf(plugin, capabilityArguments);
  return {
    ...Object.fromEntries(own),
    cniVersion: network.cniVersion,
    name: network.name,
    ...(Object.keys(runtimeConfig).length === 0 ? {} : { runtimeConfig }),
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(validAttachments === undefined
      ? {}
      : Object.fromEntries(gcKeys.map((key) => [key, validAttachments]))),
  };
}

/** The arguments of the capabilities that the plugin declares. */
export function runtimeConfigOf(
  plugin: PluginConfig,
  capabilityArguments: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const declared = capabilities.parse(plugin["capabilities"] ?? {});
  return Object.fromEntries(
    Object.entries(capabilityArguments).filter(([name]) => declared[name] === true),
  );
}
