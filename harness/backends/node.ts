/** Builds one node of a world: its namespaces joined by management link and card, its folders, its places, its faults. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "../../impl/base/time.ts";
import type { Undo } from "../../impl/base/undo.ts";
import type { Kernel, Netns } from "../../impl/netlink/kernel.ts";
import type { Node, NodePaths } from "../core/backend.ts";
import type { NodeFaults, VfChange } from "../core/node-faults.ts";
import { EmulatedCard } from "../emulator/card.ts";
import { cardLayout, managementNetdev, uplinkNetdev } from "../emulator/card-layout.ts";
import { connectUplink } from "../emulator/fabric.ts";
import { connectManagement, reconnectManagement } from "../emulator/management-link.ts";
import { PlaceLink } from "./link-faults.ts";
import { freshSettings, namespacePath, withoutDad } from "./namespaces.ts";
import { netnsPlace } from "./places.ts";
import type { Pods } from "./pods.ts";
import type { Processes } from "./processes.ts";
import { replaceNamespace } from "./replace-namespace.ts";

const restMs = 1_500;

export interface BuiltNode {
  readonly node: Node;
  readonly card: EmulatedCard;
}

export interface NodePlan {
  readonly worldId: string;
  readonly directory: string;
  readonly number: number;
  readonly vfs: number;
  readonly mtu: number;
  readonly seed: number;
  readonly kernel: Kernel;
  readonly fabric: Netns;
  readonly processes: Processes;
  readonly pods: Pods;
}

export function nodeNamespaces(worldId: string, number: number): { host: string; dpu: string } {
  return { host: `${worldId}-node${number}-host`, dpu: `${worldId}-node${number}-dpu` };
}

/** The namespaces exist. `undo` gets what must end before they go. */
export async function buildNode(plan: NodePlan, undo: Undo): Promise<BuiltNode> {
  const { worldId, number, vfs, mtu, seed, kernel, fabric } = plan;
  const name = `node${number}`;
  const paths = nodePaths(join(plan.directory, name));
  for (const path of Object.values(paths)) mkdirSync(path, { recursive: true });

  const namespaces = nodeNamespaces(worldId, number);
  // A boot puts another one in the place of each.
  let host = await kernel.open(namespacePath(namespaces.host));
  undo.add(() => host[Symbol.dispose]());
  let dpu = await kernel.open(namespacePath(namespaces.dpu));
  undo.add(() => dpu[Symbol.dispose]());
  for (const netns of [host, dpu]) {
    await freshSettings(netns);
    await withoutDad(netns);
  }

  const layout = cardLayout({ node: number, vfs });
  const site = { card: layout, node: number, seed };
  await connectManagement({ ...site, host, dpu });
  await connectUplink({ ...site, fabric, dpu, mtu });
  const card = new EmulatedCard({ ...site, kernel, host, dpu, mtu, sysfsRoot: paths.sysfsRoot });
  undo.add(() => card[Symbol.asyncDispose]());
  await card.plugIn();
  await restingLinks(host, [managementNetdev]);
  await restingLinks(dpu, [managementNetdev, uplinkNetdev]);

  const placeOf = (side: "host" | "dpu") =>
    netnsPlace({
      name: `${name}/${side}`,
      netns: namespacePath(namespaces[side]),
      processes: plan.processes,
      logs: paths.logs,
    });
  const places = { host: placeOf("host"), dpu: placeOf("dpu") };
  const link = new PlaceLink({ ...places, netdev: managementNetdev });

  const faults: NodeFaults = {
    link,
    changeVfs: (change) => card.changeVfs(change),
    async bootHost(change?: VfChange) {
      await plan.pods.removeOf(node);
      const former = host;
      host = await replaceNamespace(kernel, namespaces.host, async (fresh) => {
        await card.bootHost(fresh, change);
        await reconnectManagement({ from: former, to: fresh, address: layout.management.host });
      });
      former[Symbol.dispose]();
      rmSync(paths.run, { recursive: true, force: true });
      mkdirSync(paths.run, { recursive: true });
      await link.apply();
      await restingLinks(host, [managementNetdev]);
    },
    async bootDpu() {
      const former = dpu;
      dpu = await replaceNamespace(kernel, namespaces.dpu, async (fresh) => {
        await card.bootDpu(fresh);
        await reconnectManagement({ from: former, to: fresh, address: layout.management.dpu });
        // Its other end on the fabric goes with it.
        await former.linkDel(uplinkNetdev).catch(() => {});
        await connectUplink({ ...site, fabric, dpu: fresh, mtu });
      });
      former[Symbol.dispose]();
      await link.apply();
      await restingLinks(dpu, [managementNetdev, uplinkNetdev]);
    },
  };
  const node: Node = {
    name,
    number,
    ...places,
    get card() {
      return card.layout;
    },
    faults,
    paths,
    createPod: (podName) => plan.pods.create(node, podName),
    adoptPod: (made) => plan.pods.adopt(node, made),
  };
  return { node, card };
}

/** The kernel gives a link its fe80:: address a moment after it is up; a world is not ready before. */
async function restingLinks(netns: Netns, links: readonly string[]): Promise<void> {
  const endMs = Date.now() + restMs;
  for (const link of links) {
    if ((await netns.sysctl(`net/ipv6/conf/${link}/disable_ipv6`)) !== "0") continue;
    while (Date.now() < endMs) {
      const addresses = await netns.addresses();
      const own = addresses.filter((address) => address.link === link && address.family === 6);
      if (own.some(({ scope }) => scope === "link")) break;
      await sleep(5);
    }
  }
}

function nodePaths(directory: string): NodePaths {
  return {
    cniBin: join(directory, "bin"),
    cniConf: join(directory, "conf"),
    hostState: join(directory, "state/host"),
    dpuState: join(directory, "state/dpu"),
    run: join(directory, "run"),
    logs: join(directory, "logs"),
    runtime: join(directory, "runtime"),
    sysfsRoot: join(directory, "sys"),
  };
}
