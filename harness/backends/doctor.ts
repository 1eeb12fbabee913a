/** What a world needs from this machine: each thing found, or missing with what to do. Changes nothing. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Prerequisite } from "../core/backend.ts";
import { hasPrivileges, userNamespaceObstacle } from "./privileges.ts";
import { runCommand } from "./run-command.ts";
import { findTool } from "./tool-path.ts";

const leastNode = [20, 19] as const;
const foreignPlugins = ["bridge", "ptp", "host-local"];
const pluginFolder = "/usr/lib/cni";

export async function checkPrerequisites(): Promise<readonly Prerequisite[]> {
  const privileges = await checkPrivileges();
  return [
    checkNode(process.versions.node),
    privileges,
    await checkTool({ name: "ip", version: ["-V"], pack: "iproute2" }),
    await checkTool({ name: "nsenter", version: ["--version"], pack: "util-linux" }),
    await checkTool({ name: "unshare", version: ["--version"], pack: "util-linux" }),
    ...(await checkKernel(privileges.state === "found")),
    checkIpv6(),
    await checkTool({
      name: "tc",
      version: ["-V"],
      pack: "iproute2",
      without: "leaks of traffic control are not seen",
    }),
    await checkTool({
      name: "nft",
      version: ["--version"],
      pack: "nftables",
      without: "leaks of packet filter rules are not seen",
    }),
    ...foreignPlugins.map(checkForeignPlugin),
    await checkTool({
      name: "containerd",
      version: ["--version"],
      pack: "containerd",
      without: "--runtime containerd and suite containerd are skipped",
    }),
    await checkTool({
      name: "runc",
      version: ["--version"],
      pack: "runc",
      without: "--runtime containerd and suite containerd are skipped",
    }),
    checkShim(),
  ];
}

export function checkNode(version: string): Prerequisite {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = leastNode;
  const recent = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const name = "Node.js";
  if (recent) return { name, state: "found", detail: version };
  return {
    name,
    state: "missing",
    detail: `${version} is too old: ${leastNode.join(".")} or later is needed`,
    remedy: "install Node.js 20.19 or later from https://nodejs.org",
  };
}

async function checkPrivileges(): Promise<Prerequisite> {
  const name = "privileges";
  if (hasPrivileges()) return { name, state: "found", detail: "CAP_NET_ADMIN and CAP_SYS_ADMIN" };
  const obstacle = await userNamespaceObstacle();
  if (obstacle === undefined) {
    return { name, state: "found", detail: "none: an unprivileged user namespace is used" };
  }
  return { name, state: "missing", detail: obstacle.state, remedy: obstacle.remedy };
}

async function checkTool(tool: {
  readonly name: string;
  readonly version: readonly string[];
  readonly pack: string;
  /** of an optional tool: what will not work */
  readonly without?: string;
}): Promise<Prerequisite> {
  const { name, version, pack, without } = tool;
  const path = findTool(name);
  if (path === undefined) {
    return {
      name,
      state: without === undefined ? "missing" : "optionalMissing",
      detail: without ?? "no world can be made",
      remedy: `apt-get install ${pack}`,
    };
  }
  const { stdout, stderr } = await runCommand([path, ...version], { timeoutMs: 5_000 });
  const said = (stdout || stderr).trim().split("\n")[0] ?? "";
  return { name, state: "found", detail: `${path} (${said})` };
}

/** Tries each kind of link in a namespace that ends with the trial. */
async function checkKernel(privileged: boolean): Promise<readonly Prerequisite[]> {
  const trials = [
    { name: "veth", argv: ["link", "add", "dnc0", "type", "veth", "peer", "name", "dnc1"] },
    { name: "bridge", argv: ["link", "add", "dnc2", "type", "bridge"] },
  ];
  return Promise.all(
    trials.map(async ({ name, argv }): Promise<Prerequisite> => {
      if (!privileged) {
        return { name, state: "missing", detail: "cannot be tried without privileges" };
      }
      const enter = hasPrivileges() ? ["--net"] : ["--user", "--map-root-user", "--net"];
      const command = ["unshare", ...enter, "ip", ...argv];
      const { exitCode, stderr } = await runCommand(command, { timeoutMs: 5_000 });
      if (exitCode === 0) return { name, state: "found", detail: "the kernel makes such links" };
      return { name, state: "missing", detail: stderr.trim(), remedy: `modprobe ${name}` };
    }),
  );
}

function checkIpv6(): Prerequisite {
  const name = "IPv6";
  const path = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
  if (!existsSync(path)) {
    const detail = "the kernel has none";
    return { name, state: "missing", detail, remedy: "boot without ipv6.disable=1" };
  }
  if (readFileSync(path, "utf8").trim() === "0") {
    return { name, state: "found", detail: "enabled" };
  }
  return {
    name,
    state: "missing",
    detail: "switched off for new links",
    remedy: "sysctl -w net.ipv6.conf.default.disable_ipv6=0",
  };
}

function checkForeignPlugin(plugin: string): Prerequisite {
  const path = join(pluginFolder, plugin);
  const name = `CNI plugin ${plugin}`;
  if (isExecutable(path)) return { name, state: "found", detail: path };
  return {
    name,
    state: "optionalMissing",
    detail: "checks of foreign plugins are skipped",
    remedy: "apt-get install containernetworking-plugins",
  };
}

function checkShim(): Prerequisite {
  const name = "relay offload-cni";
  const path = new URL("../../impl/shim/offload-cni", import.meta.url).pathname;
  if (isExecutable(path)) return { name, state: "found", detail: path };
  const compiler = findTool("cc") ?? findTool("gcc");
  return {
    name,
    state: "optionalMissing",
    detail: "the offload cannot be run; other plugins can",
    remedy: compiler === undefined ? "apt-get install gcc libc6-dev, then npm start" : "npm start",
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
