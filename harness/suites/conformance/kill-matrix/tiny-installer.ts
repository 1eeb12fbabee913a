/** Installs the tiny plugin, broken or not, behind one of its fronts, on one node at a time. */
import { copyFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import type { Node } from "../../../core/backend.ts";
import type { Outage } from "../../../core/installation.ts";
import type { Plugin, Role } from "../../../core/plugin.ts";
import { releasedVersions } from "../../../spec/version.ts";
import type { FrontServer } from "./fast-front.ts";
import { tinyCopy } from "./tiny-copy.ts";
import { TinyDaemon } from "./tiny-daemon.ts";

/** The plugin in each part it can play. "delegating" makes interfaces too, with addresses of an
 * IPAM plugin; "dependent" makes them while a daemon runs, with a port on
 * the DPU for each, and speaks every version there was; "device" takes a VF of the host's for each. */
export const tinyParts = [
  "interface",
  "delegating",
  "dependent",
  "device",
  "chained",
  "ipam",
] as const;
export type TinyPart = (typeof tinyParts)[number];

interface Part {
  readonly type: string;
  readonly role: Role;
  readonly claims: readonly string[];
  readonly object: Readonly<Record<string, unknown>>;
  /** types of other parts it works with */
  readonly with: readonly string[];
}

const [maker, giver] = ["tiny-cni", "tiny-ipam"];
const capabilities = { mac: true, ips: true, dns: true };
const shaping = { ...capabilities, bandwidth: true };
const parts: Readonly<Record<TinyPart, Part>> = {
  interface: {
    type: maker,
    role: "interface",
    claims: ["addresses", "routes", "mac", "ips", "dns", "bandwidth", "finite"],
    object: { addresses: "built-in", capabilities: shaping },
    with: [],
  },
  delegating: {
    type: maker,
    role: "interface",
    claims: ["delegates", "addresses", "routes", "mac", "ips", "dns", "finite"],
    object: { ipam: { type: giver }, capabilities },
    with: [giver],
  },
  dependent: {
    type: maker,
    role: "interface",
    claims: ["addresses", "routes", "mac", "ips", "dns", "finite", "daemon"],
    object: { addresses: "built-in", capabilities },
    with: [],
  },
  device: {
    type: maker,
    role: "interface",
    claims: ["addresses", "routes", "mac", "ips", "dns", "deviceID", "finite"],
    object: { addresses: "built-in", capabilities: { ...capabilities, deviceID: true } },
    with: [],
  },
  chained: {
    type: "tiny-chained",
    role: "chained",
    claims: [],
    object: { mtu: 1400 },
    with: [maker],
  },
  ipam: {
    type: giver,
    role: "ipam",
    claims: ["addresses", "routes", "ips", "finite"],
    object: { ipam: { type: giver }, capabilities: { ips: true } },
    with: [],
  },
};

export interface Workshop {
  /** for copies and the forwarder */
  readonly directory: string;
  /** undefined: every call is a process of node */
  readonly fast?: {
    readonly binary: string;
    readonly server: FrontServer;
    readonly socket: string;
  };
}

export interface TinyInstalled extends AsyncDisposable {
  /** Takes away what it left behind: records, links, ports. */
  scrub(): Promise<void>;
  readonly plugin: Plugin;
  readonly outages: readonly Outage[];
}

export async function installTiny(
  workshop: Workshop,
  node: Node,
  what: { readonly mutation?: Mutation | undefined; readonly part?: TinyPart },
): Promise<TinyInstalled> {
  const { mutation, part = mutation?.part ?? "interface" } = what;
  const { role, claims, object, with: others, type: plain } = parts[part];
  const type = mutation === undefined ? plain : `${plain}--${mutation.name}`;
  const placed: string[] = [];
  const stateDirs: string[] = [];
  const socket = join(node.paths.run, "tiny-daemon.sock");
  const daemon = part === "dependent" ? new TinyDaemon(socket) : undefined;
  await daemon?.start();
  const place = async (name: string, defect: Mutation | undefined) => {
    const copy = await tinyCopy(workshop.directory, defect);
    const path = join(node.paths.cniBin, name);
    const stateDir = join(node.paths.hostState, name);
    stateDirs.push(stateDir);
    placed.push(path, `${path}.json`);
    const settings = {
      stateDir,
      poolSize: node.card.vfs.length,
      ...(part === "device" && {
        devices: Object.fromEntries(node.card.vfs.map((vf) => [vf.pciAddress, vf.netdev])),
      }),
      ...(daemon && {
        daemon: socket,
        dpu: node.dpu.command([]),
        versions: releasedVersions,
      }),
    };
    await writeFile(`${path}.json`, JSON.stringify(settings));
    if (workshop.fast === undefined || defect?.isProcess) {
      await symlink(copy.executable, path);
      return;
    }
    const { binary, server, socket: front } = workshop.fast;
    await copyFile(binary, path);
    await symlink(front, join(node.paths.cniBin, "front.sock")).catch(() => {});
    server.add(path, await copy.load());
  };
  await place(type, mutation);
  for (const other of others) await place(other, undefined);
  return {
    async scrub() {
      await daemon?.stop();
      await daemon?.start();
      for (const folder of stateDirs) await rm(folder, { recursive: true, force: true });
      const links = "ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/'";
      const remove = `for link in $(${links} | grep -E '^(tiny|port)'); do ip link del "$link"; done`;
      for (const place of [node.host, node.dpu]) await place.exec(["sh", "-c", remove]);
    },
    outages: daemon?.outages() ?? [],
    plugin: {
      name: type,
      cniPath: [node.paths.cniBin],
      type,
      conflist: { name: "tinynet", plugins: [{ type, ...object }] },
      versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"],
      role,
      claims,
      ...(role === "chained" && { before: [{ type: maker, addresses: "built-in" }] }),
    },
    async [Symbol.asyncDispose]() {
      await daemon?.stop();
      for (const path of [...placed, ...stateDirs]) {
        workshop.fast?.server.remove(path);
        await rm(path, { recursive: true, force: true });
      }
    },
  };
}
