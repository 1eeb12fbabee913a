/** Any CNI as the offload's dataplane, with the DPUs prepared as its file says. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Node, World } from "../../core/backend.ts";
import { fill, type Placeholders } from "../../core/fill.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { OffloadDataplane } from "./dataplane.ts";
import type { DelegateFile } from "./delegate-file.ts";
import { bare, peersOf } from "./routed.ts";

type Argv = readonly string[];

export function delegate(name: string, file: DelegateFile): OffloadDataplane {
  return {
    name: `delegate:${name}`,
    capabilities: file.capabilities,
    isFlat: file.flat,
    async prepare(world) {
      await requireAll(world, file);
      for (const node of world.nodes) {
        const state = stateOf(node);
        await mkdir(state, { recursive: true });
        await mkdir(namespacesOf(node), { recursive: true });
        const values = valuesOf(node);
        await writeFile(conflistOf(node), JSON.stringify(fill(file.conflist, values), null, 2));
        await runAll(node, fill(file.setUp, values));
        for (const peer of peersOf(world, node)) {
          await runAll(node, fill(file.forEachPeer, { ...values, ...peerValues(peer) }));
        }
      }
    },
    configuration: (_, node) => ({
      ...{ kind: "delegate", conflist: conflistOf(node), cniBin: file.cniBin },
      ...(file.join !== undefined && { join: file.join }),
      // Not in /run/netns: the DPUs of an emulated world share this machine's.
      namespaces: namespacesOf(node),
    }),
    async cleanUp(world) {
      for (const node of world.nodes) {
        for (const command of fill(file.tearDown, valuesOf(node))) await node.dpu.exec(command);
        await rm(stateOf(node), { recursive: true, force: true });
        await rm(namespacesOf(node), { recursive: true, force: true });
      }
    },
  };
}

function stateOf(node: Node): string {
  return join(node.paths.dpuState, "delegate");
}

/** Of the DPU: a boot of the host leaves it alone. */
function namespacesOf(node: Node): string {
  return join(node.paths.dpuState, "ports");
}

function conflistOf(node: Node): string {
  return join(stateOf(node), "net.conflist");
}

function valuesOf(node: Node): Placeholders {
  return { node: String(node.number), state: stateOf(node), uplink: node.card.uplink };
}

function peerValues(peer: Node): Placeholders {
  const { ipv4, ipv6 } = peer.card.fabric;
  return { peer: String(peer.number), peerIpv4: bare(ipv4), peerIpv6: bare(ipv6) };
}

async function requireAll(world: World, file: DelegateFile): Promise<void> {
  const [node] = world.nodes;
  if (node === undefined) return;
  for (const type of pluginsOf(file.conflist)) {
    const paths = file.cniBin.map((folder) => join(folder, type));
    const test = ["sh", "-c", 'for p; do test -x "$p" && exit 0; done; exit 1', "sh", ...paths];
    if ((await node.dpu.exec(test)).exitCode === 0) continue;
    const remedy = file.package === undefined ? "" : `: apt-get install ${file.package}`;
    throw skipped(`no ${type} in ${file.cniBin.join(" or ")}${remedy}`);
  }
  for (const { command, reason } of file.requires) {
    const ran = await node.dpu.exec(fill(command, valuesOf(node)));
    if (ran.exitCode !== 0) throw skipped(`${reason}: ${ran.stderr.trim().split("\n")[0] ?? ""}`);
  }
}

/** of the list, and of the IPAM plugins they run */
function pluginsOf({ plugins }: DelegateFile["conflist"]): readonly string[] {
  return plugins.flatMap((plugin) => {
    const ipam = plugin["ipam"];
    const has = typeof ipam === "object" && ipam !== null && "type" in ipam;
    return has && typeof ipam.type === "string" ? [plugin.type, ipam.type] : [plugin.type];
  });
}

async function runAll(node: Node, commands: readonly Argv[]): Promise<void> {
  for (const command of commands) {
    const ran = await node.dpu.exec(command);
    if (ran.exitCode === 0) continue;
    const why = ran.stderr.trim() || ran.stdout.trim() || `exit code ${ran.exitCode}`;
    const message = `Cannot prepare ${node.dpu.name} with "${command.join(" ")}": ${why}`;
    throw new OutcomeSignal({ kind: "blocked", message });
  }
}

function skipped(message: string): OutcomeSignal {
  return new OutcomeSignal({ kind: "skipped", message });
}
