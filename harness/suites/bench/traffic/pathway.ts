/** A way for traffic between two places, opened for a measurement: over a plugin's network, or over nothing but a veth. */
import type { Place, Pod } from "../../../core/backend.ts";
import type { CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import type { Contender, Seat } from "../contender.ts";
import type { Stand } from "../stand.ts";

export const scopes = ["same-node", "across-nodes", "host-to-pod", "pod-to-service"] as const;
export type Scope = (typeof scopes)[number];

export interface Pathway {
  /** "routed", "delegate", "delegate-mirred", "bridge", "ptp", "raw" */
  readonly name: string;
  readonly from: Place;
  readonly to: Place;
  /** of `to`, as `from` reaches it */
  readonly address: string;
  /** of `to`, as it has it itself */
  readonly listen: string;
  /** where the plugin's own network is: the DPU for an offload, else the host */
  readonly network: readonly Place[];
}

/** What a contender's traffic is called: the offload by its dataplane. */
export function pathwayName(contender: string): string {
  return contender === "offload" ? "routed" : contender;
}

/** That nobody listens is an answer too. */
const knock = `
const socket = require("node:net").connect({ host: process.argv[1], port: 1, timeout: 3000 });
const end = (why) => { if (why) process.stderr.write(why); process.exit(why ? 1 : 0); };
socket.on("connect", () => end());
socket.on("timeout", () => end("no answer"));
socket.on("error", ({ code }) => end(code === "ECONNREFUSED" ? undefined : code));`;

/** Every pathway of this scope that there is; the others are named with their reasons. Closed with the check. */
export async function openPathways(
  stand: Stand,
  scope: Scope,
  t: CheckContext,
): Promise<{
  readonly pathways: readonly Pathway[];
  readonly missing: ReadonlyMap<string, string>;
}> {
  const pathways: Pathway[] = [];
  const missing = new Map<string, string>();
  for (const name of ["offload", "delegate", "delegate-mirred", "bridge", "ptp"]) {
    const shown = pathwayName(name);
    const contender = stand.contenders.find((one) => one.name === name);
    if (contender === undefined) {
      missing.set(shown, stand.absence(name));
      continue;
    }
    const opened = await open(stand, contender, { scope, t });
    if (typeof opened === "string") missing.set(shown, opened);
    else pathways.push(opened);
  }
  if (scope === "same-node") pathways.push(await rawPathway(stand, t));
  return { pathways, missing };
}

async function open(
  stand: Stand,
  contender: Contender,
  { scope, t }: { readonly scope: Scope; readonly t: CheckContext },
): Promise<Pathway | string> {
  const peer = scope === "across-nodes" ? await stand.peer(contender) : undefined;
  if (scope === "across-nodes" && peer === undefined) return "it has no way to another node";
  const far = peer ?? contender;
  const to = await attach(stand, far, t);
  const from =
    scope === "host-to-pod" ? contender.node.host : (await attach(stand, contender, t)).place;
  const listen = (await ipFacts(to.place)).links
    .find(({ name }) => name === "eth0")
    ?.addresses.find((one) => !one.includes(":"))
    ?.split("/")[0];
  if (listen === undefined) return "the pod has no IPv4 address";
  const isOffload = stand.installation(contender.name)?.processes !== undefined;
  const network = [contender.node, far.node].map(({ host, dpu }) => (isOffload ? dpu : host));
  const service = scope === "pod-to-service" ? network[0] : undefined;
  const address = service === undefined ? listen : await serviceOf(service, { pod: listen, t });
  const knocked = await from.exec([process.execPath, "-e", knock, address]);
  if (knocked.exitCode !== 0) {
    return `${from.name} cannot reach its pod: ${knocked.stderr.trim().split("\n")[0] ?? ""}`;
  }
  const name = pathwayName(contender.name);
  return { name, from, to: to.place, address, listen, network: [...new Set(network)] };
}

/**
 * An address of a service for this one pod, translated as kube-proxy does it, where the plugin's network is. On a bridge
 * the answers are translated back only if netfilter sees them.
 */
async function serviceOf(
  place: Place,
  { pod, t }: { readonly pod: string; readonly t: CheckContext },
): Promise<string> {
  const service = `10.96.${pod.split(".").slice(2).join(".")}`;
  const rule = `PREROUTING -d ${service}/32 -j DNAT --to-destination ${pod}`;
  await mustRun(place, `iptables -t nat -A ${rule}`);
  t.cleanup(async () => {
    await place.exec(`iptables -t nat -D ${rule}`.split(" "));
  });
  const file = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  await place.exec(["sh", "-c", `[ ! -e ${file} ] || echo 1 >${file}`]);
  return service;
}

async function attach(stand: Stand, contender: Contender, t: CheckContext): Promise<Pod> {
  const pod = await contender.node.createPod(stand.podName());
  const seat: Seat = { pod, containerId: pod.containerId };
  t.cleanup(async () => {
    await contender.call("DEL", seat);
    await pod[Symbol.asyncDispose]();
  });
  await contender.call("ADD", seat);
  return pod;
}

/** Two pods joined by one veth: what is between them costs nothing. */
async function rawPathway(stand: Stand, t: CheckContext): Promise<Pathway> {
  const pods: Pod[] = [];
  for (let i = 0; i < 2; i += 1) {
    const pod = await stand.node.createPod(stand.podName());
    t.cleanup(async () => pod[Symbol.asyncDispose]());
    pods.push(pod);
  }
  const [from, to] = pods;
  if (from === undefined || to === undefined) throw new Error("Cannot join pods: there are none");
  const far = to.netns.split("/").at(-1) ?? "";
  await mustRun(from.place, `ip link add eth0 type veth peer name eth0 netns ${far}`);
  for (const [i, { place }] of [from, to].entries()) {
    await mustRun(place, `ip address add 192.0.2.${i + 1}/24 dev eth0`);
    await mustRun(place, "ip link set eth0 up");
  }
  const address = "192.0.2.2";
  return { name: "raw", from: from.place, to: to.place, address, listen: address, network: [] };
}

async function mustRun(place: Place, command: string): Promise<void> {
  const ran = await place.exec(command.split(" "));
  if (ran.exitCode !== 0) throw new Error(`Cannot run "${command}": ${ran.stderr.trim()}`);
}
