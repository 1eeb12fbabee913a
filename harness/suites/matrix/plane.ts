/** One plane of the matrix: a dataplane of the offload on two nodes, or a foreign plugin on one, with all that take part. */
import type { Node, World } from "../../core/backend.ts";
import type { Cell } from "../../core/cell.ts";
import type { Installation, Installer } from "../../core/installation.ts";
import { managementInterface } from "../../install/offload-config.ts";
import { openSandboxes } from "../../runtime/open-sandboxes.ts";
import type { Sandboxes } from "../../runtime/sandboxes.ts";
import { parseCidr } from "../../spec/cidr.ts";
import { anyResult, containerAddresses } from "../../spec/result.ts";
import { Workload } from "../../workload/client.ts";
import { Closing } from "../closing.ts";
import { ipFacts } from "../ip-facts.ts";
import { whyNot, whyNotFlat, whyNotOnOneNode } from "./cell.ts";
import { type Addresses, type Peer, type Target, targetOf } from "./peers.ts";
import { hostPortOf, serviceFor, stopTranslating, translate } from "./translations.ts";

export interface PlaneSpec {
  /** "routed", "delegate:ptp"; of a foreign plugin "plugin:bridge" */
  readonly name: string;
  readonly installer: Installer;
  /** one for a foreign plugin, two for the offload */
  readonly nodeCount: 1 | 2;
  /** nothing of its pods passes the DPU's own stack */
  readonly isFlat?: boolean;
}

export interface Plane extends AsyncDisposable {
  readonly name: string;
  readonly nodes: readonly Node[];
  casualties(): readonly string[];
  /** Why a cell has nothing to judge here. */
  whyNot(cell: Cell): string | undefined;
  /** Who sends, and to what. */
  ends(cell: Cell, outside: Peer): Ends | undefined;
}

export interface Ends {
  readonly from: Peer;
  readonly to: Target;
}

/** On each host alone: pods reach it by way of the management VF. As node-local DNS has it. */
export const nodeDns = { 4: "169.254.20.10", 6: "fd00:20::10" } as const;

const ifname = "eth0";

interface Side {
  readonly node: Node;
  readonly pods: readonly Peer[];
  readonly host: Peer;
  readonly hostNetwork: Peer;
  readonly dns?: Peer;
}

export async function openPlane(
  spec: PlaneSpec,
  at: {
    readonly world: World;
    readonly nodes: readonly Node[];
    readonly signal: AbortSignal;
    progress(line: string): void;
  },
): Promise<Plane> {
  const { world, nodes, signal, progress } = at;
  const closing = new Closing();
  try {
    const own: World = { ...world, nodes };
    const installation = closing.use(await spec.installer.install(own, { signal, progress }));
    const opened = { spec, installation, signal, closing };
    const sides = await Promise.all(nodes.map((node) => openSide(node, opened)));
    const services = new Map<Peer, Target>();
    if (spec.nodeCount === 2) {
      const pods = sides.flatMap((side) => side.pods);
      for (const [i, pod] of pods.entries()) services.set(pod, serviceFor(pod, 10 + i));
      for (const { node } of sides) {
        closing.defer(() => stopTranslating(node));
        await translate(node, [...services.values(), ...sides.flatMap(hostPortsOf)]);
      }
    }
    return {
      ...{ name: spec.name, nodes },
      casualties: () => installation.casualties(),
      whyNot: (cell) => whyNot(cell) ?? whyNotHere(cell, spec),
      ends: (cell, outside) => endsOf(cell, { sides, outside, services }),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    // The first error is the one to see; what the undo says is its consequence.
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

function whyNotHere(cell: Cell, { nodeCount, isFlat }: PlaneSpec): string | undefined {
  if (nodeCount === 1) return whyNotOnOneNode(cell);
  return isFlat ? whyNotFlat(cell) : undefined;
}

interface Opened {
  readonly spec: PlaneSpec;
  readonly installation: Installation;
  readonly signal: AbortSignal;
  readonly closing: Closing;
}

async function openSide(node: Node, opened: Opened): Promise<Side> {
  const { spec, installation, signal, closing } = opened;
  const plugin = installation.plugin(node);
  const sandboxes = closing.use(await openSandboxes("double", { node, plugin, signal }));
  const pods = await Promise.all(
    ["a", "b"].map((letter) => openPod(`${node.name}-${letter}`, { sandboxes, closing })),
  );
  const isOffload = spec.nodeCount === 2;
  const addresses = isOffload ? await managementAddresses(node) : gatewaysOf(pods);
  const inHost = async (name: string, given?: Addresses): Promise<Peer> => {
    const bound = given === undefined ? [] : Object.values(given);
    const workload = await Workload.start(node.host, `workload-${node.name}-${name}`, bound);
    closing.use(workload);
    const words = { host: "the host", hostNetwork: "a pod in the network", dns: "the DNS server" };
    const who = words[name as keyof typeof words];
    const at = given ?? addresses;
    return { name: `${who} of ${node.name}`, place: node.host, node, workload, addresses: at };
  };
  const [host, hostNetwork] = await Promise.all([inHost("host"), inHost("hostNetwork")]);
  const peers = pods.map(({ peer }) => peer);
  if (!isOffload) return { node, pods: peers, host, hostNetwork };
  for (const [prefix, address] of [[32, nodeDns[4]] as const, [128, nodeDns[6]] as const]) {
    const words = [`${address}/${prefix}`, "dev", "lo"];
    closing.defer(() => node.host.exec(["ip", "address", "del", ...words]));
    await node.host.exec(["ip", "address", "add", ...words]);
  }
  return { node, pods: peers, host, hostNetwork, dns: await inHost("dns", nodeDns) };
}

interface OpenPod {
  readonly peer: Peer;
  readonly gateways: readonly string[];
}

async function openPod(
  name: string,
  { sandboxes, closing }: { readonly sandboxes: Sandboxes; readonly closing: Closing },
): Promise<OpenPod> {
  const sandbox = closing.use(await sandboxes.create(name));
  const added = await sandbox.attach();
  if (!added.ok) throw new Error(`Cannot attach pod ${name}: ${added.msg}`);
  closing.defer(() => sandbox.detach());
  const result = anyResult.parse(added.result);
  const all = containerAddresses(result, ifname);
  const workload = closing.use(await Workload.start(added.pod.place, `workload-${name}`));
  const { node } = sandboxes;
  const peer = { name: `pod ${name}`, place: added.pod.place, node, workload };
  return {
    peer: { ...peer, addresses: byFamily(all) },
    gateways: result.ips.flatMap(({ gateway }) => gateway ?? []),
  };
}

async function managementAddresses({ host }: Node): Promise<Addresses> {
  const { links } = await ipFacts(host);
  return byFamily(links.find(({ name }) => name === managementInterface)?.addresses ?? []);
}

/** A plugin on the host has its own end of the pods' wires there. */
function gatewaysOf(pods: readonly OpenPod[]): Addresses {
  return byFamily(pods.flatMap(({ gateways }) => gateways.map((one) => `${one}/32`)));
}

function byFamily(cidrs: readonly string[]): Addresses {
  const parsed = cidrs.flatMap((text) => parseCidr(text) ?? []);
  return Object.fromEntries(parsed.reverse().map(({ family, address }) => [family, address]));
}

/** By the address of the host, and by that of the DPU on the fabric. */
function hostPortsOf(side: Side): readonly Target[] {
  const [backend] = side.pods;
  if (backend === undefined) return [];
  return [hostPortOf(backend, side.host.addresses), hostPortOf(backend, fabricOf(side.node))];
}

function fabricOf({ card }: Node): Addresses {
  return byFamily([card.fabric.ipv4, card.fabric.ipv6]);
}

interface Cast {
  readonly sides: readonly Side[];
  readonly outside: Peer;
  readonly services: ReadonlyMap<Peer, Target>;
}

/** Pods and processes of the host send from the first node, pods in the host's network from the second. */
function endsOf(cell: Cell, { sides, outside, services }: Cast): Ends | undefined {
  const [first, second = first] = sides;
  if (first === undefined || second === undefined) return undefined;
  const [near, far] = cell.source === "hostNetwork" ? [second, first] : [first, second];
  const from = {
    pod: near.pods[0],
    host: near.host,
    hostNetwork: near.hostNetwork,
    external: outside,
  };
  const target = (peer: Peer | undefined) => peer && targetOf(peer);
  const service = (peer: Peer | undefined) => peer && services.get(peer);
  // A pod does not send to itself.
  const podNear = near.pods[1];
  const [fromOutside, ofNode] = hostPortsOf(far).toReversed();
  const to = {
    podNear: target(podNear),
    podFar: target(far.pods[0]),
    host: target(near.host),
    hostNetwork: target(far.hostNetwork),
    serviceNear: service(podNear),
    serviceFar: service(far.pods[0]),
    external: target(outside),
    hostPort: cell.source === "external" ? fromOutside : ofNode,
    nodeDns: target(near.dns),
  };
  const [source, destination] = [from[cell.source], to[cell.destination]];
  return source && destination && { from: source, to: destination };
}
