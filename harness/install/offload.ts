/**
 * Installs our offload on a world as an operator would: certificates, one agent per DPU, one daemon per host, and
 * the shim among the CNI executables with a symlink to its daemon's socket. It uses nothing of the product but
 * its commands and files.
 */
import { access, copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Node, Place, World } from "../core/backend.ts";
import type { Installation, Installer } from "../core/installation.ts";
import type { Plugin } from "../core/plugin.ts";
import { chooseDataplane } from "./dataplanes/choose-dataplane.ts";
import type { OffloadDataplane } from "./dataplanes/dataplane.ts";
import { routed } from "./dataplanes/routed.ts";
import { type OffloadSettings, offloadFiles, writeConfigs } from "./offload-config.ts";
import {
  blocked,
  Daemon,
  type NodeDaemons,
  offloadOutages,
  untilReady,
} from "./offload-daemons.ts";
import { offloadFaults } from "./offload-faults.ts";
import { type Product, productAt, repository } from "./product.ts";

export interface OffloadOptions {
  /** where the product is: a folder with `impl`; default: this repository */
  readonly root?: string;
  /** one VF of each node stays on its host; default false: whoever counts VFs has all of them for pods */
  readonly isManaged?: boolean;
  /** free VFs show at each start of a daemon where they come in; default false: who looks at free VFs finds them at rest */
  readonly provesPairs?: boolean;
  /** addresses of each host that pods reach by way of that VF; bare */
  readonly hostAddresses?: readonly string[];
  /** the key of that name in the agents' configuration; none: the defaults */
  readonly guard?: unknown;
  /** variables that the processes on a node get besides PATH and LC_ALL */
  environment?(node: Node): Readonly<Record<string, string>>;
}

/** Over the built-in dataplane. */
export const offloadInstaller: Installer = offloadOver("routed");

/** @param word as `--dataplane` takes it; throws UsageError for one there is not */
export function offloadOver(word: string | undefined, options: OffloadOptions = {}): Installer {
  const { root = repository, isManaged = false, hostAddresses = [], ...rest } = options;
  const own = {
    ...rest,
    isManaged,
    hostAddresses,
    dataplane: chooseDataplane(word),
    product: productAt(root),
  };
  return { name: "offload", install: (world, asked) => install(world, { ...asked, ...own }) };
}

type InstallOptions = Parameters<Installer["install"]>[1] &
  Pick<OffloadOptions, "environment" | "guard" | "provesPairs"> & {
    readonly dataplane: OffloadDataplane;
    readonly product: Product;
    readonly isManaged: boolean;
    readonly hostAddresses: readonly string[];
  };

async function install(world: World, options: InstallOptions): Promise<Installation> {
  const { signal, progress, dataplane, product, isManaged, hostAddresses } = options;
  const { shim } = product;
  await access(shim).catch(() => {
    throw blocked(
      `the shim is not built: ${shim} is missing; \`npm start\` builds it, given a C compiler`,
    );
  });
  await bundle(world, product, progress);
  progress(`offload: issuing certificates for ${world.nodes.length} nodes`);
  await issueCertificates(world, product, signal);
  const plugin = (node: Node) => offloadPlugin(node, dataplane);
  const daemons = new Map<Node, NodeDaemons>();
  const uninstall = async () => {
    await Promise.all([...daemons.values()].map(({ host }) => host.stop()));
    // While the agents run: they give back the management VFs' ports.
    if (isManaged) await Promise.all(world.nodes.map((node) => uninstallHost(node, product)));
    await stop(daemons);
    await Promise.all(world.nodes.map((node) => uninstallAgent(node, product)));
    await dataplane.cleanUp(world);
    await removeFiles(world);
  };
  try {
    await dataplane.prepare(world);
    progress(
      `offload: starting an agent on each DPU, with dataplane ${dataplane.name}, and a daemon on each host`,
    );
    for (const node of world.nodes) {
      const environment = options.environment?.(node);
      const { guard, provesPairs = false } = options;
      const configuration = dataplane.configuration(world, node);
      const settings = { dataplane: configuration, isManaged, hostAddresses, guard, provesPairs };
      daemons.set(node, await startNode(node, settings, { ...product, environment }));
    }
    await Promise.all([...daemons].map(([node, own]) => untilReady(own, plugin(node), signal)));
    progress(`offload: ready on ${world.nodes.map(({ name }) => name).join(", ")}`);
  } catch (error) {
    await uninstall();
    throw error;
  }
  return installationOf(daemons, plugin, uninstall);
}

export function offloadPlugin(node: Node, { capabilities }: OffloadDataplane = routed): Plugin {
  const declared = Object.fromEntries(["deviceID", ...capabilities].map((name) => [name, true]));
  return {
    name: "offload",
    cniPath: [node.paths.cniBin],
    type: "offload-cni",
    conflist: {
      name: "podnet",
      plugins: [{ type: "offload-cni", capabilities: declared }],
    },
    versions: ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
    claims: ["addresses", "routes", "deviceID", "daemon", "finite", ...capabilities],
  };
}

/** What is judged is what is shipped; where bundles cannot be written the launchers run the same sources by tsx. */
async function bundle(
  world: World,
  { bundler }: Product,
  progress: (line: string) => void,
): Promise<void> {
  const [node] = world.nodes;
  const made = await node?.host.exec([process.execPath, bundler], { timeoutMs: 60_000 });
  if (made === undefined || made.exitCode === 0) return;
  progress(`offload: the daemons run from their sources, not bundled: ${lastLine(made.stderr)}`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** By force, as the agent's below. */
async function uninstallHost(node: Node, { hostLauncher }: Product): Promise<void> {
  const { hostConfig } = offloadFiles(node);
  await node.host.exec([
    ...[process.execPath, hostLauncher, "uninstall", "--config", hostConfig, "--force"],
  ]);
}

/** By force: pods that a check lost are the leak oracle's to tell. Started at all or not, it takes away what is there. */
async function uninstallAgent(node: Node, { agentLauncher }: Product): Promise<void> {
  const { agentConfig } = offloadFiles(node);
  await node.dpu.exec([
    ...[process.execPath, agentLauncher, "uninstall", "--config", agentConfig, "--force"],
  ]);
}

/** One CA for the fabric: the first node's command makes it, the others' reuse it. */
async function issueCertificates(
  world: World,
  { agentLauncher }: Product,
  signal: AbortSignal,
): Promise<void> {
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

async function startNode(
  node: Node,
  settings: OffloadSettings,
  options: Product & { readonly environment: Readonly<Record<string, string>> | undefined },
): Promise<NodeDaemons> {
  const { shim, agentLauncher, hostLauncher, environment } = options;
  const files = offloadFiles(node);
  await writeConfigs(node, settings);
  await copyFile(shim, join(node.paths.cniBin, "offload-cni"));
  await mkdir(node.paths.run, { recursive: true });
  await symlink(files.socket, join(node.paths.cniBin, "offload-cni.sock"));
  const start = (place: Place, launcher: string, config: string) =>
    new Daemon(node, {
      name: launcher.split("/").at(-1)?.replace(".mjs", "") ?? launcher,
      place,
      argv: [process.execPath, launcher, "--config", config],
      ...(environment && { environment }),
    });
  return {
    agent: start(node.dpu, agentLauncher, files.agentConfig),
    host: start(node.host, hostLauncher, files.hostConfig),
  };
}

function installationOf(
  daemons: ReadonlyMap<Node, NodeDaemons>,
  plugin: (node: Node) => Plugin,
  uninstall: () => Promise<void>,
): Installation {
  return {
    plugin,
    casualties: () => all(daemons).flatMap(({ casualty }) => casualty ?? []),
    processes(node) {
      const own = daemons.get(node);
      if (own === undefined) return [];
      const { agent, host } = own;
      return [
        { name: host.name, side: "host", pid: host.pid },
        { name: agent.name, side: "dpu", pid: agent.pid },
      ];
    },
    outages(node) {
      const own = daemons.get(node);
      return own === undefined ? [] : offloadOutages(own, plugin(node));
    },
    faults(node) {
      const own = daemons.get(node);
      return own === undefined ? undefined : offloadFaults(node, own, plugin(node));
    },
    [Symbol.asyncDispose]: uninstall,
  };
}

async function stop(daemons: ReadonlyMap<Node, NodeDaemons>): Promise<void> {
  await Promise.all(all(daemons).map((daemon) => daemon.stop()));
}

function all(daemons: ReadonlyMap<Node, NodeDaemons>): readonly Daemon[] {
  return [...daemons.values()].flatMap(({ agent, host }) => [agent, host]);
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
