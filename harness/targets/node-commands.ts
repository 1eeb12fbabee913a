/** Runs the commands of a target file in a node's host namespace. */
import type { Node } from "../core/backend.ts";
import { fill, type Placeholders } from "../core/fill.ts";
import { OutcomeSignal } from "../core/outcome.ts";

type Argv = readonly string[];

/** One after another; the first that fails blocks what relies on it. */
export async function runAll(
  node: Node,
  commands: readonly Argv[],
  values: Placeholders,
): Promise<void> {
  for (const command of commands) {
    const ran = await node.host.exec(fill(command, values));
    if (ran.exitCode === 0) continue;
    const why = ran.stderr.trim() || ran.stdout.trim() || `exit code ${ran.exitCode}`;
    const message = `Cannot set up with "${ran.argv.join(" ")}" on ${node.name}: ${why}`;
    throw new OutcomeSignal({ kind: "blocked", message });
  }
}

/** All of them, whatever they say: what is gone already is gone. */
export async function tryAll(
  node: Node,
  commands: readonly Argv[],
  values: Placeholders,
): Promise<void> {
  for (const command of commands) await node.host.exec(fill(command, values));
}

/** stdout of each; what it said instead when it failed */
export async function outputsOf(
  node: Node,
  commands: readonly Argv[],
  values: Placeholders,
): Promise<readonly string[]> {
  const outputs: string[] = [];
  for (const command of commands) {
    const ran = await node.host.exec(fill(command, values));
    outputs.push(ran.exitCode === 0 ? ran.stdout : `exit code ${ran.exitCode}: ${ran.stderr}`);
  }
  return outputs;
}
