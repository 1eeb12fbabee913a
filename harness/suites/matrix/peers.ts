/** Who takes part on one plane: a process in each kind of place, with the addresses and ports it is reached at. */
import type { Node, Place } from "../../core/backend.ts";
import type { Family, Protocol } from "../../core/cell.ts";
import type { Exchange, Workload } from "../../workload/client.ts";

export type Addresses = Partial<Readonly<Record<Family, string>>>;

export interface Peer {
  /** "pod node1-a", "the host of node2" */
  readonly name: string;
  readonly place: Place;
  readonly workload: Workload;
  /** none: it is outside */
  readonly node?: Node;
  readonly addresses: Addresses;
}

/** What is sent to, and who answers behind it. */
export interface Target {
  /** "service 10.96.0.12" */
  readonly name: string;
  readonly addresses: Addresses;
  readonly ports: { readonly tcp: number; readonly udp: number };
  readonly backend: Peer;
}

/** A peer at its own addresses. */
export function targetOf(peer: Peer): Target {
  const { name, addresses, workload } = peer;
  return { name, addresses, ports: workload.ports, backend: peer };
}

export interface Shot {
  readonly protocol: Protocol;
  readonly host: string;
  readonly seed: number;
  readonly timeoutMs: number;
}

export function shoot(from: Peer, to: Target, shot: Shot): Promise<Exchange> {
  const { protocol, ...target } = shot;
  const { workload } = from;
  switch (protocol) {
    case "icmp":
      return workload.icmp(target);
    case "tcp":
      return workload.tcp({ ...target, port: to.ports.tcp, bytes: 4096 });
    case "udp":
      return workload.udp({ ...target, port: to.ports.udp, size: 512 });
  }
}
