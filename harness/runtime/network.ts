/** A network configuration list as a runtime holds it after loading (RT-02, RT-03, RT-04, RT-16). */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Plugin } from "../core/plugin.ts";
import { assumedVersion, compareVersions } from "../spec/version.ts";

export type PluginConfig = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Network {
  readonly name: string;
  readonly cniVersion: string;
  readonly plugins: readonly PluginConfig[];
  /** CNI_PATH */
  readonly cniPath: readonly string[];
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
}

export type Loaded =
  | { readonly ok: true; readonly network: Network }
  | { readonly ok: false; readonly reason: string };

const pluginConfig = z.looseObject({ type: z.string().min(1) });
/** libcni takes the words too: 0.4.0 typed the key as a string */
const flag = z
  .union([
    z.boolean(),
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(["true", "false"])),
  ])
  .transform((value) => value === true || value === "true");

const listShape = z.looseObject({
  name: z.string(),
  cniVersion: z.string().optional(),
  cniVersions: z.array(z.string()).optional(),
  disableCheck: flag.default(false),
  disableGC: flag.default(false),
  loadOnlyInlinedPlugins: flag.default(false),
  plugins: z.array(pluginConfig).optional(),
});

/** names of networks and containers: section 1 and section 2 "Parameters" */
export const nameGrammar = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Newest version the harness speaks as a runtime. */
export const newestVersion = "1.1.0";

/** Reads a configuration list; plugin objects beside it (DIR/NAME/*.conf) are appended unless it says otherwise. */
export async function loadNetwork(path: string, cniPath: readonly string[]): Promise<Loaded> {
  const text = await readFile(path, "utf8");
  const folder = async (name: string) => {
    const directory = join(dirname(path), basename(name));
    const names = await readdir(directory).catch(() => []);
    const files = names.filter((file) => file.endsWith(".conf")).sort();
    return Promise.all(files.map((file) => readFile(join(directory, file), "utf8")));
  };
  return parseNetwork(text, cniPath, { folder });
}

interface ParseOptions {
  /** the plugin objects beside the list, as text */
  folder?(network: string): Promise<readonly string[]>;
  /** as libcni: names are not looked at here, and a version that is not given stays so */
  readonly likeLibcni?: boolean;
}

export async function parseNetwork(
  text: string,
  cniPath: readonly string[],
  { folder = async () => [], likeLibcni = false }: ParseOptions = {},
): Promise<Loaded> {
  const list = listShape.safeParse(parseJson(text));
  if (!list.success) return { ok: false, reason: z.prettifyError(list.error) };
  const { name, disableCheck, disableGC, loadOnlyInlinedPlugins, plugins } = list.data;
  if (!likeLibcni && !nameGrammar.test(name)) {
    return { ok: false, reason: `invalid network name "${name}"` };
  }
  if (loadOnlyInlinedPlugins && plugins === undefined) {
    return { ok: false, reason: "loadOnlyInlinedPlugins without a list of plugins" };
  }
  const others = loadOnlyInlinedPlugins ? [] : await folder(name);
  const all = [...(plugins ?? [])];
  for (const other of others) {
    const parsed = pluginConfig.safeParse(parseJson(other));
    if (!parsed.success) return { ok: false, reason: `invalid plugin object beside "${name}"` };
    all.push(parsed.data);
  }
  if (all.length === 0) return { ok: false, reason: `network "${name}" has no plugins` };
  const { cniVersion: single, cniVersions = [] } = list.data;
  const isVersionless = likeLibcni && single === undefined && cniVersions.length === 0;
  const cniVersion = isVersionless ? "" : pickVersion(single, cniVersions);
  return {
    ok: true,
    network: { name, cniVersion, plugins: all, cniPath, disableCheck, disableGC },
  };
}

/** RT-04: the highest version of `cniVersion` and `cniVersions` that the runtime supports. */
export function pickVersion(single: string | undefined, list: readonly string[]): string {
  const offered = [...(single === undefined ? [] : [single]), ...list];
  const usable = offered.filter((version) => compareVersions(version, newestVersion) <= 0);
  const [highest] = usable.toSorted((a, b) => compareVersions(b, a));
  return highest ?? single ?? assumedVersion;
}

/** A plugin under test as a network in one of its versions. */
export function networkOf(plugin: Plugin, version?: string, name?: string): Network {
  return {
    name: name ?? plugin.conflist.name,
    cniVersion: version ?? plugin.versions.at(-1) ?? assumedVersion,
    plugins: plugin.conflist.plugins.map((object) => pluginConfig.parse(object)),
    cniPath: plugin.cniPath,
    disableCheck: false,
    disableGC: false,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
