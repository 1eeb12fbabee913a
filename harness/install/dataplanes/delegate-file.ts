/**
 * A file that describes a CNI as the dataplane of the DPUs, in YAML; harness/install/delegates/ has those shipped.
 *
 * Placeholders: {node} its number, {state} a folder of the DPU for the plugins' state, {uplink} the netdev towards the
 * fabric; in `forEachPeer` also {peer} the number of the other node, {peerIpv4} and {peerIpv6} its addresses on the fabric.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { parseShape } from "../../../impl/base/shape.ts";
import { errorText } from "../../core/error-text.ts";
import { UsageError } from "../../core/usage-error.ts";

/** how a representor and a plugin's interface are joined, as the agent's configuration has it */
export const joins = ["auto", "mirred", "bpf"] as const;

const argv = z.array(z.string().min(1)).min(1);

const shape = z.strictObject({
  /** folders of CNI executables on the DPU */
  cniBin: z.array(z.string()).min(1).default(["/usr/lib/cni", "/opt/cni/bin"]),
  /** the Debian package they come from: what to install when one is missing */
  package: z.string().optional(),
  conflist: z.looseObject({
    name: z.string(),
    plugins: z.array(z.looseObject({ type: z.string() })),
  }),
  /** what the plugins serve that a runtime asks for by capability */
  capabilities: z.array(z.string()).default([]),
  /** the pods are one flat network with the fabric: nothing of theirs passes the DPU's own stack */
  flat: z.boolean().default(false),
  /** of the agent's configuration */
  join: z.enum(joins).optional(),
  /** commands that must succeed on the first DPU, or the run is skipped for `reason` */
  requires: z.array(z.strictObject({ command: argv, reason: z.string() })).default([]),
  /** commands on each DPU, before its agent starts */
  setUp: z.array(argv).default([]),
  /** the same, once for each other DPU */
  forEachPeer: z.array(argv).default([]),
  /** commands on each DPU at the end, whatever they say */
  tearDown: z.array(argv).default([]),
});

export type DelegateFile = z.infer<typeof shape>;

const shipped = fileURLToPath(new URL("../delegates/", import.meta.url));

export function shippedDelegates(): readonly string[] {
  const files = readdirSync(shipped).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => basename(file, ".yaml")).sort();
}

/** @param word the name of a shipped one, a path to a file of this kind, or to a CNI configuration list alone */
export function loadDelegate(word: string): { readonly name: string; readonly file: DelegateFile } {
  if (shippedDelegates().includes(word)) {
    return { name: word, file: read(resolve(shipped, `${word}.yaml`)) };
  }
  if (!existsSync(word)) {
    const names = shippedDelegates().join(", ");
    throw new UsageError(
      `Cannot find the delegate ${JSON.stringify(word)}: there are ${names}, or give a file's path`,
    );
  }
  return { name: basename(word).replace(/\.[^.]*$/, ""), file: read(word) };
}

function read(path: string): DelegateFile {
  let value: unknown;
  try {
    // JSON is YAML too.
    value = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`Cannot read the delegate "${path}": ${errorText(error)}`);
  }
  const isList = typeof value === "object" && value !== null && "plugins" in value;
  const parsed = parseShape(shape, isList ? { conflist: value } : value);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`Cannot use the delegate "${path}": ${parsed.reason}`);
}
