/** Writes what an operator writes to run the offload on a node: the two daemons' configuration files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Node } from "../core/backend.ts";
import { bare } from "./dataplanes/routed.ts";

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

/** @param dataplane the key of that name in the agent's configuration */
export async function writeConfigs(node: Node, dataplane: unknown): Promise<void> {
  const files = offloadFiles(node);
  const key = (name: string) => join(files.certificates, name);
  const tls = (role: "agent" | "host") => ({
    ca: key("ca.crt"),
    cert: key(`${role}.crt`),
    key: key(`${role}.key`),
  });
  const address = `${bare(node.card.management.dpu)}:${agentPort}`;
  const agent = {
    node: node.name,
    listen: address,
    stateDir: files.agentState,
    tls: tls("agent"),
    representor: node.card.representor,
    dataplane,
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
