/** Brings the reference plugins that Debian packages onto a world as foreign plugins: a binary and a configuration. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Node, World } from "../core/backend.ts";
import type { Installer } from "../core/installation.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import { findExecutable } from "../runtime/find-executable.ts";
import { invoke } from "../runtime/invoke.ts";
import { isReleased } from "../spec/version.ts";

/** where Debian and the project's own releases put them */
const searched = ["/usr/lib/cni", "/opt/cni/bin"];

interface Recipe {
  readonly name: string;
  /** executables, the first is the plugin */
  readonly executables: readonly string[];
  plugin(ipam: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

const bridge: Recipe = {
  name: "bridge",
  executables: ["bridge", "host-local"],
  plugin: (ipam) => ({ type: "bridge", bridge: "cni0", isGateway: true, ipMasq: false, ipam }),
};

const ptp: Recipe = {
  name: "ptp",
  executables: ["ptp", "host-local"],
  plugin: (ipam) => ({ type: "ptp", ipMasq: false, ipam }),
};

export const bridgeInstaller = installerOf(bridge);
export const ptpInstaller = installerOf(ptp);

function installerOf(recipe: Recipe): Installer {
  const { name, executables } = recipe;
  return {
    name,
    async install(world, { progress }) {
      const sources = await Promise.all(
        executables.map((file) => findExecutable(file, directories())),
      );
      const missing = executables.filter((_, i) => sources[i] === undefined);
      if (missing.length > 0) throw skipped(missing);
      for (const node of world.nodes) {
        for (const [i, source] of sources.entries()) {
          const target = join(node.paths.cniBin, executables[i] ?? "");
          if (source !== undefined) await copyFile(source, target);
        }
      }
      const versions = await claimedVersions(world, name);
      progress(`${name}: found in ${sources[0]}, speaks ${versions.join(" ")}`);
      return {
        plugin: (node) => ({
          name,
          cniPath: [node.paths.cniBin],
          type: name,
          conflist: { name: `${name}net`, plugins: [recipe.plugin(ipamOf(node, name))] },
          versions,
        }),
        casualties: () => [],
        [Symbol.asyncDispose]: () => remove(world, recipe),
      };
    },
  };
}

/** $DNC_CNI_PLUGINS is searched first, for a build of one's own. */
function directories(): readonly string[] {
  const own = process.env["DNC_CNI_PLUGINS"];
  return own === undefined || own === "" ? searched : [own, ...searched];
}

/** Addresses of one plugin on one node; host-local keeps them below the node's own state. */
function ipamOf(node: Node, name: string): Readonly<Record<string, unknown>> {
  const third = (name === "bridge" ? 100 : 150) + node.number;
  const ipv4 = [{ subnet: `10.88.${third}.0/24` }];
  // ptp waits two seconds for duplicate address detection in every ADD with IPv6: a run of many would be all waiting.
  const ipv6 = name === "ptp" ? [] : [{ subnet: `fd00:88:${third}::/64` }];
  return {
    type: "host-local",
    ranges: [ipv4, ...(ipv6.length > 0 ? [ipv6] : [])],
    routes: [{ dst: "0.0.0.0/0" }, ...(ipv6.length > 0 ? [{ dst: "::/0" }] : [])],
    dataDir: stateOf(node, name),
  };
}

function stateOf(node: Node, name: string): string {
  return join(node.paths.hostState, `${name}-ipam`);
}

const versionAnswer = z.object({ supportedVersions: z.array(z.string()) });

/** What it says of itself; the 0.1.0 and 0.2.0 shapes are history that no runtime asks for. */
async function claimedVersions(world: World, name: string): Promise<readonly string[]> {
  const [node] = world.nodes;
  if (node === undefined) return [];
  const { evidence } = await invoke(node.host, {
    executable: join(node.paths.cniBin, name),
    environment: { CNI_COMMAND: "VERSION" },
    stdin: '{"cniVersion":"1.0.0"}',
  });
  const parsed = versionAnswer.safeParse(jsonOr(evidence.stdout));
  const claimed = parsed.data?.supportedVersions ?? ["1.0.0"];
  return claimed.filter((version) => isReleased(version) && !/^0\.[12]\./.test(version));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function remove(world: World, { name, executables }: Recipe): Promise<void> {
  for (const node of world.nodes) {
    // bridge leaves its bridge behind on purpose; the operator who brought it takes it away.
    if (name === "bridge") await node.host.exec(["ip", "link", "del", "cni0"]);
    for (const file of executables) await rm(join(node.paths.cniBin, file), { force: true });
    await rm(stateOf(node, name), { recursive: true, force: true });
  }
}

function skipped(missing: readonly string[]): OutcomeSignal {
  const message = `no ${missing.join(" and no ")} in ${searched.join(" or ")}: apt-get install containernetworking-plugins`;
  return new OutcomeSignal({ kind: "skipped", message });
}
