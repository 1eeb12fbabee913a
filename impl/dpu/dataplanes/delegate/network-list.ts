/** A network configuration list as the plugins' administrator wrote it: decoded, and the version to speak chosen. */
import { z } from "zod";
import { parseShape } from "../../../base/shape.ts";
import { type CniVersion, cniVersions } from "../../../cni/types.ts";
import { isSupported } from "../../../cni/version.ts";
import { shown } from "./plugin-failure.ts";

export type PluginConfig = Readonly<Record<string, unknown>> & { readonly type: string };

export interface NetworkList {
  readonly name: string;
  readonly version: CniVersion;
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  /** in the order of ADD; keys nobody here knows are kept */
  readonly plugins: readonly PluginConfig[];
}

/** of an executable: no folder in it */
const type = z.string().regex(/^[^/\\]+$/, "expected the name of an executable, without a folder");
const plugin = z.looseObject({ type });
/** Some administrators write booleans as text, and libcni takes that. */
const flag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
  .default(false);

const shape = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'expected letters, digits, "_", "." and "-"'),
  cniVersion: z.string().optional(),
  cniVersions: z.array(z.string()).optional(),
  disableCheck: flag,
  disableGC: flag,
  plugins: z.array(plugin).min(1),
});

/** What the store keeps of a list. */
export const storedList: z.ZodType<NetworkList> = z.object({
  name: z.string(),
  version: z.enum(cniVersions),
  disableCheck: z.boolean(),
  disableGC: z.boolean(),
  plugins: z.array(plugin).min(1),
});

/** Throws an Error that names what is wrong in one line. A configuration of one plugin is a list of one. */
export function parseNetworkList(text: string, path: string): NetworkList {
  const wrong = (state: string, cause?: unknown) =>
    new Error(`Cannot use the network configuration "${path}": ${state}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(shown(error instanceof Error ? error.message : "it is not JSON"), error);
  }
  const parsed = parseShape(shape, asList(value));
  if (!parsed.ok) throw wrong(parsed.reason);
  const {
    name,
    cniVersion,
    cniVersions: more = [],
    plugins,
    disableCheck,
    disableGC,
  } = parsed.value;
  const offered = [...more, ...(cniVersion === undefined ? [] : [cniVersion])];
  const [version] = offered
    .filter(isSupported)
    .sort((a, b) => cniVersions.indexOf(b) - cniVersions.indexOf(a));
  if (version === undefined) {
    const said = offered.length === 0 ? "it has no cniVersion" : `cniVersion ${offered.join(", ")}`;
    throw wrong(`${said}; one of ${cniVersions.join(", ")} is needed`);
  }
  return { name, version, disableCheck, disableGC, plugins };
}

function asList(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!("type" in value) || "plugins" in value) return value;
  return { ...value, plugins: [value] };
}
