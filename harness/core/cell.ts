/** The axes of a table of checks that are all alike: who sends what to whom, over what. In the order they are shown in. */

export const sources = ["pod", "host", "hostNetwork", "external"] as const;
export type Source = (typeof sources)[number];

/**
 * Near is the node of the source, far the other one. `host` is a process of the near host, `hostNetwork` a pod of the far
 * one's own network; `hostPort` a port of the far node that leads to one of its pods; `nodeDns` a server of each node at an
 * address that is on its host alone.
 */
export const destinations = [
  ...(["podNear", "podFar", "host", "hostNetwork", "serviceNear", "serviceFar"] as const),
  ...(["external", "hostPort", "nodeDns"] as const),
];
export type Destination = (typeof destinations)[number];

export const protocols = ["icmp", "tcp", "udp"] as const;
export type Protocol = (typeof protocols)[number];

export const families = [4, 6] as const;
export type Family = (typeof families)[number];

export interface Cell {
  /** the dataplane, or the foreign plugin: a table of its own */
  readonly plane: string;
  readonly source: Source;
  readonly destination: Destination;
  readonly protocol: Protocol;
  readonly family: Family;
}
