/** One generated call of a plugin, as plain data: it is shrunk, printed, saved as a fixture and run again from there. */
import { z } from "zod";
import { verbs } from "../../spec/version.ts";

export const spellings = ["compact", "spaced", "reversed", "escaped"] as const;

/** Stands for the pod's CNI_NETNS, which differs from run to run. */
export const netnsMark = "@netns";

/** A change of one place of prevResult, or of the GC list. */
export const edit = z.strictObject({
  at: z.array(z.union([z.string(), z.number()])),
  /** taken away when there is none */
  value: z.unknown().optional(),
});
export type Edit = z.infer<typeof edit>;

export const fuzzInput = z.strictObject({
  verb: z.enum(verbs),
  version: z.string(),
  network: z.string(),
  containerId: z.string(),
  ifname: z.string(),
  /** CNI_ARGS; "" for none */
  cniArgs: z.string(),
  /** keys laid over the plugin's configuration */
  config: z.record(z.string(), z.unknown()),
  /** how the configuration is written down; all mean the same */
  spelling: z.enum(spellings),
  /** what is wrong with it, in a few words; none: it is valid */
  mutation: z.string().optional(),
  /** keys taken out of the configuration */
  without: z.array(z.string()).optional(),
  /** variables laid over the environment; null takes one away */
  environment: z.record(z.string(), z.string().nullable()).optional(),
  /** of the configuration's text, this share from its start and no more */
  keptShare: z.number().optional(),
  /** in place of the configuration */
  instead: z.string().optional(),
  /** after the configuration */
  appended: z.string().optional(),
  edit: edit.optional(),
});
export type FuzzInput = z.infer<typeof fuzzInput>;

/** The value with one place of it changed; a place that is not there changes nothing. */
export function edited(value: unknown, { at, value: put }: Edit): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return put;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (put === undefined && rest.length === 0) return value.filter((_, i) => i !== index);
    return value.map((one, i) => (i === index ? edited(one, { at: rest, value: put }) : one));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== String(key));
  const child: unknown = Reflect.get(value, key);
  const changed = rest.length === 0 ? put : edited(child, { at: rest, value: put });
  return Object.fromEntries(changed === undefined ? entries : [...entries, [key, changed]]);
}
