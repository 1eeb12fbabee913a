/** The cells of the connectivity matrix: their names, and for which of them there is nothing to judge. */
import {
  type Cell,
  type Destination,
  destinations,
  families,
  protocols,
  type Source,
  sources,
} from "../../core/cell.ts";

export function allCells(planes: readonly string[]): readonly Cell[] {
  return planes.flatMap((plane) =>
    sources.flatMap((source) =>
      destinations.flatMap((destination) =>
        protocols.flatMap((protocol) =>
          families.map((family) => ({ plane, source, destination, protocol, family })),
        ),
      ),
    ),
  );
}

/** "routed/pod-to-hostPort-tcp-ipv6" */
export function cellId({ plane, source, destination, protocol, family }: Cell): string {
  return `${plane}/${source}-to-${destination}-${protocol}-ipv${family}`;
}

const sourceWords: Readonly<Record<Source, string>> = {
  pod: "a pod",
  host: "a process of the host",
  hostNetwork: "a pod in its host's own network",
  external: "a machine outside",
};

const destinationWords: Readonly<Record<Destination, string>> = {
  podNear: "a pod of the same node",
  podFar: "a pod of the other node",
  host: "a process of its own host",
  hostNetwork: "a pod in the other host's network",
  serviceNear: "a service address with its pod on the same node",
  serviceFar: "a service address with its pod on the other node",
  external: "a machine outside",
  hostPort: "a port of the other node that leads to a pod",
  nodeDns: "the DNS address of its own node",
};

export function cellTitle({ plane, source, destination, protocol, family }: Cell): string {
  return `over ${plane}, ${sourceWords[source]} reaches ${destinationWords[destination]} by ${protocol.toUpperCase()} over IPv${family}`;
}

/** Of any set-up: why nobody needs this cell; undefined when somebody does. */
export function whyNot({ source, destination, protocol }: Cell): string | undefined {
  if (protocol === "icmp" && destination.startsWith("service")) {
    return "a service address answers no ICMP: kube-proxy translates TCP, UDP and SCTP alone";
  }
  if (protocol === "icmp" && destination === "hostPort") return "ICMP has no ports";
  switch (source) {
    case "pod":
      return undefined;
    case "host":
    case "hostNetwork":
      if (destination === "host" || destination === "nodeDns") {
        return "a host's way to its own addresses crosses no card";
      }
      if (destination === "external") {
        return "a host has a network of its own for that: no default route of it leads to the card";
      }
      return undefined;
    case "external":
      switch (destination) {
        case "podNear":
          return "outside there is no node near: see podFar";
        case "serviceNear":
        case "serviceFar":
          return "service addresses are the cluster's own: nobody routes them outside";
        case "external":
          return "it is outside itself";
        case "host":
          return "outside there is no host near: see hostNetwork";
        case "nodeDns":
          return "that address is each node's own: nobody routes it outside";
        case "hostNetwork":
          return "a host answers machines outside by a network of its own: they reach it there";
        case "podFar":
        case "hostPort":
          return undefined;
      }
  }
}

/** Where nothing of the pods passes the DPU's own stack. */
export function whyNotFlat({ source, destination }: Cell): string | undefined {
  if (source === "external")
    return "pods are one flat network with the fabric: no DPU routes to it";
  switch (destination) {
    case "serviceNear":
    case "serviceFar":
    case "hostPort":
      return "pods are one flat network with the fabric: no packet passes where the DPU translates";
    case "external":
    case "nodeDns":
      return "pods are one flat network with the fabric: ways out of it are that network's router's";
    case "podNear":
    case "podFar":
    case "host":
    case "hostNetwork":
      return undefined;
  }
}

/** Of a plugin that makes the network of one node, all on its host. */
export function whyNotOnOneNode({ source, destination }: Cell): string | undefined {
  if (source === "external" || source === "hostNetwork") {
    return "the plugin makes the network of one node: nothing leads to it from elsewhere";
  }
  switch (destination) {
    case "podNear":
    case "host":
      return undefined;
    case "podFar":
    case "hostNetwork":
    case "serviceFar":
    case "hostPort":
    case "external":
      return "the plugin makes the network of one node: other nodes are for others to route";
    case "serviceNear":
    case "nodeDns":
      return "services and addresses of the host are for others to set up beside the plugin";
  }
}
