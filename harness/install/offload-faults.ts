/** The fault controls of our offload on one node: its two processes, its state files, and its node's own faults. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Node } from "../core/backend.ts";
import type { Faults, ProcessFaults, Side } from "../core/faults.ts";
import type { Plugin } from "../core/plugin.ts";
import { damageFile } from "./damage-file.ts";
import { offloadFiles } from "./offload-config.ts";
import { type Daemon, type NodeDaemons, untilReady } from "./offload-daemons.ts";

/** Undefined on a node that permits no faults. */
export function offloadFaults(
  node: Node,
  daemons: NodeDaemons,
  plugin: Plugin,
): Faults | undefined {
  const { faults } = node;
  if (faults === undefined) return undefined;
  const daemon = processFaults(daemons.host);
  const agent = processFaults(daemons.agent);
  const folders = { host: offloadFiles(node).hostState, dpu: offloadFiles(node).agentState };
  const wipe = async (side: Side) => {
    await rm(folders[side], { recursive: true, force: true });
    await mkdir(folders[side], { recursive: true });
  };
  return {
    ...{ node, daemon, agent, link: faults.link },
    changeVfs: (change) => faults.changeVfs(change),
    stateFiles: (side: Side) => filesBelow(folders[side], (name) => name.endsWith(".json")),
    setAside: (side: Side) => filesBelow(folders[side], (name) => name.includes(".damaged-")),
    wipe,
    damage: damageFile,
    async rebootHost(change) {
      await daemon.kill();
      await faults.bootHost(change);
      daemon.start();
    },
    async rebootDpu({ state }) {
      await agent.kill();
      await faults.bootDpu();
      if (state === "lost") await wipe("dpu");
      agent.start();
    },
    async mend(signal) {
      await faults.link.heal();
      for (const process of [agent, daemon]) {
        process.thaw();
        process.start();
      }
      await untilReady(daemons, plugin, signal);
    },
  };
}

function processFaults(daemon: Daemon): ProcessFaults {
  return {
    name: daemon.name,
    get state() {
      return daemon.state;
    },
    kill: () => daemon.kill(),
    freeze: () => daemon.freeze(),
    thaw: () => daemon.thaw(),
    start() {
      if (daemon.state === "dead") daemon.start();
    },
  };
}

async function filesBelow(
  folder: string,
  isOne: (name: string) => boolean,
): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && isOne(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
