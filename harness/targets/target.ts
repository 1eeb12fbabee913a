/**
 * A target file: one CNI plugin as the judge gets to know it, in YAML. Nothing of ours is needed at the plugin's side:
 * it is an executable somewhere, a network configuration, and what it claims to do. README, "Your own plugin", has an
 * example; harness/targets/*.yaml are those shipped.
 *
 * Placeholders in `conflist` and in commands: {state} a folder on the node for the plugin's state, {bin} the node's folder
 * of executables, {run} its folder of sockets, {node} its name. In `conflist` also {vf}: the netdev of a virtual function
 * of the node's card that each attachment has for itself, as long as there are free ones.
 */
import { z } from "zod";

const argv = z.array(z.string().min(1)).min(1);
/** of a plugin object, and so of an executable: no folder in it */
const type = z.string().regex(/^[^/]+$/, "a type is a file's name, without a folder");

const common = {
  /** as shown, and the first part of each check's id: "bridge" */
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "a name is letters, digits, _ . and -"),
  /** what is known to differ, as a file beside this one (known-findings.ts); a run that differs from it, either way, fails */
  known: z.string().optional(),
};

/** Our own offload: its daemons need more than commands, and what it claims stands with them. */
const builtInTarget = z.strictObject({
  ...common,
  builtIn: z.literal("offload"),
  /** what it runs on the DPUs, where --dataplane does not say */
  dataplane: z.string().optional(),
});

const outage = z.strictObject({
  /** what goes away: the plugin's "daemon" on the host, or the "dpu" behind it */
  name: z.enum(["daemon", "dpu"]),
  /** "stopped": its socket is dead; "silent": it accepts and never answers */
  kind: z.enum(["stopped", "silent"]),
  begin: argv,
  end: argv,
});

const foreignTarget = z.strictObject({
  ...common,
  /** what it does in a list; default "interface" */
  role: z.enum(["interface", "chained", "ipam", "meta"]).default("interface"),
  /** the executable, and the type of its object in `conflist` (of an IPAM plugin: the `type` in `ipam`) */
  type,
  /** folders that have the executables, the first that has one wins; relative ones are beside this file */
  search: z.array(z.string().min(1)).min(1).default(["/usr/lib/cni", "/opt/cni/bin"]),
  /** other executables it runs, in the same folders */
  executables: z.array(type).default([]),
  /** the Debian package they come from: what to install when one is missing */
  package: z.string().optional(),
  /** a command that prints which version is installed; its output goes into the report and is held against `known` */
  build: argv.optional(),
  /** the network configuration list; objects before the one of `type` are plugins that run before it */
  conflist: z.looseObject({
    name: z.string().min(1),
    plugins: z.array(z.looseObject({ type })).min(1),
  }),
  /** for a plugin that sets up an interface which every pod has from the start, such as "lo"; default: it makes "eth0" */
  ifname: z.string().optional(),
  /** versions of the specification to judge, oldest first; "as claimed": what VERSION says, from 0.3.0 on */
  versions: z.union([z.literal("as claimed"), z.array(z.string()).min(1)]).default("as claimed"),
  /** what it does beyond the common: "addresses", "routes", "delegates", "daemon", or a capability such as "deviceID" */
  claims: z.array(z.string()).default([]),
  /** commands that must succeed in the node's host namespace, or the target is skipped for `reason` */
  requires: z.array(z.strictObject({ command: argv, reason: z.string() })).default([]),
  /** commands run in each node's host namespace before anything else */
  setUp: z.array(argv).default([]),
  /** the same at the end; what they leave is seen by the check `leaks`, not by their exit status */
  tearDown: z.array(argv).default([]),
  /** commands in the node's host namespace whose output must be the same after the run */
  invariants: z.array(z.strictObject({ title: z.string(), command: argv })).default([]),
  /** what can be taken away from it and given back, by commands in the node's host namespace */
  outages: z.array(outage).default([]),
});

export const targetSchema = z.union([builtInTarget, foreignTarget]);

export type ForeignTarget = z.infer<typeof foreignTarget>;
export type TargetFile = z.infer<typeof targetSchema>;
export { builtInTarget as builtInTargetSchema, foreignTarget as foreignTargetSchema };
