/** Writes what an operator writes to run the offload on a node: the two daemons' configuration files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Node, World } from "../core/backend.ts";

export interface OffloadFiles {
  readonly agentConfig: string;
  readonly hostConfig: string;
  readonly agentState: string;
  readonly hostState: string;
  /** the daemon's unix socket */
  readonly socket: string;
  /** ca.crt, host.crt, agent.crt and their keys */
  readonly certificates: string;
}

const agentPort = 8000;

export function offloadFiles(node: Node): OffloadFiles {
  return {
    agentConfig: join(node.paths.dpuState, "agent.yaml"),
    hostConfig: join(node.paths.hostState, "host.yaml"),
    agentState: join(node.paths.dpuState, "agent"),
    hostState: join(node.paths.hostState, "host"),
    socket: join(node.paths.run, "host.sock"),
    // Not with the sockets: those are gone after a reboot.
    certificates: join(node.paths.hostState, "tls"),
  };
}

/** Pod ranges of a node: each DPU owns one of each family. */
export function podRanges(node: Node): readonly string[] {
  return [`10.244.${node.number}.0/24`, `fd00:10:244:${node.number}::/64`];
}

export async function writeConfigs(world: World, node: Node): Promise<void> {
  const files = offloadFiles(node);
  const key = (name: string) => join(files.certificates, name);
  const tls = (role: "agent" | "host") => ({
    ca: key("ca.crt"),
    cert: key(`${role}.crt`),
    key: key(`${role}.key`),
  });
  const address = `${bare(node.card.management.dpu)}:${agentPort}`;
  const peers = world.nodes.filter((other) => other !== node);
  const agent = {
    node: node.name,
    listen: address,
    stateDir: files.agentState,
    tls: tls("agent"),
    representor: node.card.representor,
    dataplane: {
      kind: "routed",
      uplink: node.card.uplink,
      ranges: podRanges(node),
      peers: peers.map((peer) => ({
        ranges: podRanges(peer),
        via: [peer.card.fabric.ipv4, peer.card.fabric.ipv6].map(bare),
      })),
    },
  };
  const host = {
    node: node.name,
    socket: files.socket,
    stateDir: files.hostState,
    sysfsRoot: node.paths.sysfsRoot,
    vfs: { pfs: node.card.pfs },
    agent: { address, tls: tls("host") },
  };
  await writeFile(files.agentConfig, stringify(agent));
  await writeFile(files.hostConfig, stringify(host));
}

/** an address without a prefix length */
function bare(address: string): string {
  return address.split("/")[0] ?? address;
}
