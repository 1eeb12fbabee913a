/** A target without a file: an executable given by --plugin, its configuration by --conf, the rest guessed from both. */
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/usage-error.ts";
import { readYaml, shapeOf } from "./load-target.ts";
import { type PluginObject, splitList } from "./object-under-test.ts";
import { type ForeignTarget, foreignTargetSchema } from "./target.ts";

const object = z.looseObject({ type: z.string() });
const single = object.extend({ name: z.string().default("podnet") });
const list = z.looseObject({ name: z.string(), plugins: z.array(object).min(1) });

/** @param path of the executable, in whatever language; @param conf a .conf or .conflist, undefined: its type alone */
export function namedPlugin(path: string, conf: string | undefined): ForeignTarget {
  const type = basename(path);
  const { name, plugins } = conf === undefined ? bare(type) : readList(conf, type);
  const found = splitList(plugins, type);
  if (found === undefined) {
    const types = plugins.map((one) => one.type).join(", ");
    throw new UsageError(
      `Cannot judge "${path}" with "${conf}": no plugin in it is of type "${type}", there are ${types}`,
    );
  }
  return foreignTargetSchema.parse({
    name: type.replace(/[^a-zA-Z0-9_.-]/g, "-"),
    type,
    role: roleOf(found, type),
    search: [dirname(resolve(path)), "/usr/lib/cni", "/opt/cni/bin"],
    conflist: { name, plugins: [...found.before, found.object] },
    claims: claimsOf(found.object),
    // Runtimes know this one by its type too, and ask it for lo.
    ...(type === "loopback" && { ifname: "lo" }),
  });
}

interface List {
  readonly name: string;
  readonly plugins: readonly PluginObject[];
}

function bare(type: string): List {
  return { name: "podnet", plugins: [{ type }] };
}

function readList(conf: string, type: string): List {
  const value = readYaml(conf, conf);
  const isList = typeof value === "object" && value !== null && "plugins" in value;
  if (isList) return shapeOf(list, value, conf);
  const { name, cniVersion: _, ...plugin } = shapeOf(single, value, conf);
  // One object alone is what is under test, whatever its executable is called.
  const own = splitList([plugin], type) === undefined ? { ...plugin, type } : plugin;
  return { name, plugins: [own] };
}

function roleOf(
  { object, before }: { readonly object: PluginObject; readonly before: readonly PluginObject[] },
  type: string,
): ForeignTarget["role"] {
  if (object.type !== type) return "ipam";
  return before.length > 0 ? "chained" : "interface";
}

/** Capabilities it declares, and what an IPAM section implies. */
function claimsOf({ capabilities, ipam }: PluginObject): readonly string[] {
  const declared = Object.entries(capabilities ?? {}).flatMap(([name, on]) => (on ? [name] : []));
  const delegates = typeof ipam === "object" && ipam !== null && "type" in ipam;
  return [...declared, ...(delegates ? ["addresses", "delegates"] : [])];
}
