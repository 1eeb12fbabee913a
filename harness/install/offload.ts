/**
 * Installs our offload on a world as an operator would: certificates, one agent per DPU, one daemon per host, and
 * the shim among the CNI executables with a symlink to its daemon's socket. It uses nothing of the product but
 * its commands and files.
 */
import { access, copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sleep } from "../../impl/base/time.ts";
import type { Node, Place, Process, World } from "../core/backend.ts";
import type { Installation, Installer } from "../core/installation.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import type { Plugin } from "../core/plugin.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { lastLines } from "./daemon-log.ts";
import { type NetworkPieces, networkPieces, removeResidue } from "./network-residue.ts";
import { offloadFiles, writeConfigs } from "./offload-config.ts";

const product = (path: string) => fileURLToPath(new URL(`../../impl/${path}`, import.meta.url));
const shim = product("shim/offload-cni");
const agentLauncher = product("dpu/cni-offload-agent.mjs");
const hostLauncher = product("host/cni-offload-host.mjs");

/** from the start of the daemons to a STATUS of 0 on every node */
const readyTimeoutMs = 20_000;
const statusIntervalMs = 25;

export const offloadInstaller: Installer = {
  name: "offload",
  async install(world, { signal, progress }) {
    await access(shim).catch(() => {
      throw blocked(
        `the shim is not built: ${shim} is missing; \`npm start\` builds it, given a C compiler`,
      );
    });
    progress(`offload: issuing certificates for ${world.nodes.length} nodes`);
    await issueCertificates(world, signal);
    const places = world.nodes.flatMap(({ host, dpu }) => [host, dpu]);
    const before = new Map<Place, NetworkPieces>();
    for (const place of places) before.set(place, await networkPieces(place));
    const daemons: Daemon[] = [];
    const uninstall = async () => {
      await stop(daemons);
      await Promise.all(world.nodes.map(uninstallAgent));
      for (const [place, pieces] of before) await removeResidue(place, pieces);
      await removeFiles(world);
    };
    try {
      progress("offload: starting an agent on each DPU and a daemon on each host");
      for (const node of world.nodes) daemons.push(...(await startNode(world, node)));
      await Promise.all(world.nodes.map((node) => untilReady(node, daemons, signal)));
      progress(`offload: ready on ${world.nodes.map(({ name }) => name).join(", ")}`);
    } catch (error) {
      await uninstall();
      throw error;
    }
    return installationOf(daemons, uninstall);
  },
};

export function offloadPlugin(node: Node): Plugin {
  return {
    name: "offload",
    cniPath: [node.paths.cniBin],
    type: "offload-cni",
    conflist: {
      name: "podnet",
      plugins: [{ type: "offload-cni", capabilities: { deviceID: true } }],
    },
    versions: ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
    claims: ["addresses", "routes", "deviceID", "daemon", "finite"],
  };
}

interface Daemon {
  readonly node: Node;
  readonly process: Process;
  readonly logFile: string;
  /** true once it was asked to stop */
  stopping: boolean;
}

/** By force: pods that a check lost are the leak oracle's to tell. Started at all or not, it takes away what is there. */
async function uninstallAgent(node: Node): Promise<void> {
  const { agentConfig } = offloadFiles(node);
  await node.dpu.exec([
    ...[process.execPath, agentLauncher, "uninstall", "--config", agentConfig, "--force"],
  ]);
}

/** One CA for the fabric: the first node's command makes it, the others' reuse it. */
async function issueCertificates(world: World, signal: AbortSignal): Promise<void> {
  const [first] = world.nodes;
  for (const node of world.nodes) {
    const out = offloadFiles(node).certificates;
    const ca =
      node === first || first === undefined ? [] : ["--ca", offloadFiles(first).certificates];
    const argv = [
      process.execPath,
      agentLauncher,
      "certificates",
      "--node",
      node.name,
      "--out",
      out,
    ];
    const made = await node.dpu.exec([...argv, ...ca], { signal, timeoutMs: 15_000 });
    if (made.exitCode !== 0) {
      throw blocked(`Cannot issue certificates for "${node.name}": ${made.stderr.trim()}`);
    }
  }
}

async function startNode(world: World, node: Node): Promise<readonly Daemon[]> {
  const files = offloadFiles(node);
  await writeConfigs(world, node);
  await copyFile(shim, join(node.paths.cniBin, "offload-cni"));
  await mkdir(node.paths.run, { recursive: true });
  await symlink(files.socket, join(node.paths.cniBin, "offload-cni.sock"));
  const start = (place: Place, launcher: string, config: string): Daemon => {
    const name = launcher.split("/").at(-1)?.replace(".mjs", "") ?? launcher;
    const logFile = join(node.paths.logs, `${name}.log`);
    const argv = [process.execPath, launcher, "--config", config];
    return { node, process: place.spawn(argv, { name, logFile }), logFile, stopping: false };
  };
  return [
    start(node.dpu, agentLauncher, files.agentConfig),
    start(node.host, hostLauncher, files.hostConfig),
  ];
}

/** Asks STATUS as a runtime does until it answers 0, a daemon dies, or the time is over. */
async function untilReady(
  node: Node,
  daemons: readonly Daemon[],
  signal: AbortSignal,
): Promise<void> {
  const own = daemons.filter((daemon) => daemon.node === node);
  const directory = join(node.paths.run, "ready-cache");
  const runtime = createRuntime({ place: node.host, directory, timeoutMs: 5_000, signal });
  const network = networkOf(offloadPlugin(node));
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const dead = own.find((daemon) => daemon.process.ended !== undefined);
    if (dead !== undefined) throw blocked(await obituary(dead));
    const status = await runtime.status(network);
    if (status.ok) return;
    if (Date.now() > deadline) {
      throw blocked(await whyNotReady(node, own, status.error.msg));
    }
    await sleep(statusIntervalMs, signal);
  }
}

async function whyNotReady(node: Node, own: readonly Daemon[], msg: string): Promise<string> {
  const logs = await Promise.all(
    own.map(async ({ process, logFile }) =>
      [process.name, ...(await lastLines(logFile))].join("\n  "),
    ),
  );
  return `the offload on ${node.name} is not ready after ${readyTimeoutMs} ms: STATUS says "${msg}"\n${logs.join("\n")}`;
}

async function obituary(daemon: Daemon): Promise<string> {
  const lines = await lastLines(daemon.logFile);
  const words = lines.length === 0 ? "it said nothing" : lines.at(-1);
  return [`${casualty(daemon)}: ${words}`, ...lines.slice(0, -1)].join("\n  ");
}

function casualty({ node, process, logFile }: Daemon): string {
  const { exitCode, signal } = process.ended ?? {};
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
  return `${process.name} on ${node.name} ${how} (log: ${logFile})`;
}

function installationOf(daemons: readonly Daemon[], uninstall: () => Promise<void>): Installation {
  return {
    plugin: offloadPlugin,
    casualties: () =>
      daemons
        .filter((daemon) => daemon.process.ended !== undefined && !daemon.stopping)
        .map(casualty),
    [Symbol.asyncDispose]: uninstall,
  };
}

async function stop(daemons: readonly Daemon[]): Promise<void> {
  for (const daemon of daemons) {
    // One that died before it was asked to stays a casualty.
    if (daemon.process.ended === undefined) daemon.stopping = true;
  }
  await Promise.all(daemons.map(({ process }) => process.stop()));
}

/**
 * Takes away what the operator put there, and the daemons' folders with it. A suite that wants to see what they kept of
 * pods that are gone looks before it disposes of the installation.
 */
async function removeFiles(world: World): Promise<void> {
  for (const node of world.nodes) {
    const files = offloadFiles(node);
    const { cniBin, run } = node.paths;
    const daemons = [files.agentState, files.hostState, files.socket];
    const own = [files.agentConfig, files.hostConfig, files.certificates, join(run, "ready-cache")];
    const inBin = [join(cniBin, "offload-cni"), join(cniBin, "offload-cni.sock")];
    for (const path of [...own, ...daemons, ...inBin])
      await rm(path, { recursive: true, force: true });
  }
}

function blocked(message: string): OutcomeSignal {
  return new OutcomeSignal({ kind: "blocked", message });
}
