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

export interface OffloadSettings {
  /** the key of that name in the agent's configuration */
  readonly dataplane: unknown;
  /** the key of that name in the agent's configuration; none: the defaults */
  readonly guard?: unknown;
  /** whether a VF stays on the host */
  readonly isManaged: boolean;
  /** the daemon proves at its start which VF is which representor */
  readonly provesPairs: boolean;
  /** addresses of the host that pods reach by way of that VF */
  readonly hostAddresses: readonly string[];
}

/** What a cluster's administrator gives pods and services; each delegate's file has the same pod ranges. */
export const clusterRanges = {
  pods: ["10.244.0.0/16", "fd00:10:244::/48"],
  services: ["10.96.0.0/16", "fd00:10:96::/112"],
} as const;

/** of the management VF */
export const managementInterface = "offload0";

export async function writeConfigs(node: Node, settings: OffloadSettings): Promise<void> {
  const { dataplane, isManaged, hostAddresses, guard, provesPairs } = settings;
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
    ...(hostAddresses.length > 0 && { hostAddresses }),
    dataplane,
    ...(guard !== undefined && { guard }),
  };
  const host = {
    node: node.name,
    socket: files.socket,
    stateDir: files.hostState,
    sysfsRoot: node.paths.sysfsRoot,
    vfs: { pfs: node.card.pfs, prove: provesPairs },
    agent: { address, tls: tls("host") },
    ...(isManaged && {
      management: {
        interface: managementInterface,
        routes: [...clusterRanges.pods, ...clusterRanges.services],
      },
      // So that what waits for STATUS waits for it too.
      status: { managementIsRequired: true },
    }),
  };
  await writeFile(files.agentConfig, stringify(agent));
  await writeFile(files.hostConfig, stringify(host));
}
