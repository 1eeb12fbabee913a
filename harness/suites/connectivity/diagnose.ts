/**
 * Says which piece is broken when one pod cannot reach another: each hop is compared with what the results and the card
 * promise, and every difference named. Nothing here knows how the offload works, only what a routed path needs.
 */
import { z } from "zod";
import type { Node, Place } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { containerAddresses } from "../../spec/result.ts";
import { ipFacts } from "../ip-facts.ts";
import { addressOf, type Member } from "./population.ts";

/** Sentences such as "route to 10.244.2.3 missing in node1/dpu"; what was read goes into the record. */
export async function diagnose(
  t: CheckContext,
  pair: { readonly from: Member | Node; readonly to: Member; readonly family: 4 | 6 },
): Promise<readonly string[]> {
  const { from, to, family } = pair;
  const fromNode = "pod" in from ? from.node : from;
  const sentences = [
    ...(await podDiffers(to, family)),
    ...(await wayDiffers(fromNode, to, family)),
  ];
  if ("pod" in from) {
    sentences.push(...(await podDiffers(from, family)));
    sentences.push(...(await wayDiffers(to.node, from, family)));
  }
  for (const node of new Set([fromNode, to.node]))
    sentences.push(...(await dpuDiffers(node, family)));
  const places = [to.pod.place, fromNode.dpu, ...(fromNode === to.node ? [] : [to.node.dpu])];
  for (const place of places) t.evidence(await picture(place));
  return [...new Set(sentences)];
}

/** the pod's own side of the wire against the result of its ADD */
export async function podDiffers(member: Member, family?: 4 | 6): Promise<readonly string[]> {
  const { result, pod, ifname, name } = member;
  if (result === undefined) return [`pod ${name} has no result`];
  const facts = await ipFacts(pod.place);
  const link = facts.links.find((one) => one.name === ifname);
  if (link === undefined) return [`interface ${ifname} missing in pod ${name}`];
  const said = result.interfaces.find((one) => one.name === ifname && one.sandbox);
  const sentences: string[] = [];
  if (!link.up) sentences.push(`${ifname} is down in pod ${name}`);
  if (said?.mac !== undefined && said.mac !== link.mac) {
    sentences.push(`MAC of ${ifname} in pod ${name} is ${link.mac}, the result says ${said.mac}`);
  }
  if (said?.mtu !== undefined && said.mtu !== link.mtu) {
    sentences.push(`MTU of ${ifname} in pod ${name} is ${link.mtu}, the result says ${said.mtu}`);
  }
  for (const address of containerAddresses(result, ifname)) {
    if (!link.addresses.includes(address)) {
      sentences.push(`address ${address} of the result missing in pod ${name}`);
    }
  }
  for (const { dst } of result.routes) {
    if (!facts.routes.some((route) => route.dst === dst)) {
      sentences.push(`route ${dst} of the result missing in pod ${name}`);
    }
  }
  sentences.push(...(await unresolved(pod.place)));
  const wanted = family === 6 ? ":" : ".";
  return family === undefined ? sentences : sentences.filter((text) => concerns(text, wanted));
}

/** Sentences about an address or route of the other family are not the cause. */
function concerns(sentence: string, mark: string): boolean {
  const subject = /^(?:address|route) (\S+)/.exec(sentence)?.[1];
  return subject === undefined || subject.includes(mark);
}

/** what every routed path through the card's own system needs */
async function dpuDiffers(node: Node, family: 4 | 6): Promise<readonly string[]> {
  const { dpu, card } = node;
  const sentences: string[] = [];
  const name = `net.ipv${family}.conf.all.forwarding`;
  const forwarding = await dpu.exec(["sysctl", "-n", name]);
  if (forwarding.stdout.trim() === "0")
    sentences.push(`IPv${family} forwarding is off in ${dpu.name}`);
  const uplink = (await ipFacts(dpu)).links.find((link) => link.name === card.uplink);
  if (uplink === undefined) sentences.push(`uplink ${card.uplink} missing in ${dpu.name}`);
  else if (!uplink.up) sentences.push(`uplink ${card.uplink} is down in ${dpu.name}`);
  return sentences;
}

const podNeighbours = z.array(
  z.looseObject({ dst: z.string(), dev: z.string(), state: z.array(z.string()).default([]) }),
);

/** neighbours (the gateway, mostly) that did not answer the pod */
async function unresolved(place: Place): Promise<readonly string[]> {
  const { stdout } = await place.exec(["ip", "-j", "neigh"]);
  const all = stdout.trim() === "" ? [] : podNeighbours.parse(JSON.parse(stdout));
  return all
    .filter(({ state }) => state.some((one) => one === "FAILED" || one === "INCOMPLETE"))
    .map(({ dst, dev }) => `neighbour ${dst} on ${dev} does not answer in ${place.name}`);
}

const routeGot = z.array(
  z.looseObject({ dev: z.string().optional(), type: z.string().optional() }),
);

/** every DPU on the way from `node` to a pod */
async function wayDiffers(node: Node, pod: Member, family: 4 | 6): Promise<readonly string[]> {
  const address = addressOf(pod, family);
  if (address === undefined) return [];
  const first = await routeDiffers(node, pod, address);
  return node === pod.node ? first : [...first, ...(await routeDiffers(pod.node, pod, address))];
}

/** what the DPU of `node` would do with a packet for this pod */
async function routeDiffers(node: Node, pod: Member, address: string): Promise<readonly string[]> {
  const { dpu } = node;
  const got = await dpu.exec(["ip", "-j", "route", "get", address]);
  const dev = got.exitCode === 0 ? routeGot.parse(JSON.parse(got.stdout))[0]?.dev : undefined;
  if (dev === undefined) return [`route to ${address} missing in ${dpu.name}`];
  if (node !== pod.node) {
    const { uplink } = node.card;
    return dev === uplink
      ? []
      : [`route to ${address} in ${dpu.name} goes to ${dev}, not to ${uplink}`];
  }
  const representor = representorOf(pod);
  const link = (await ipFacts(dpu)).links.find(({ name }) => name === dev);
  if (link?.up === false) return [`${dev} is down in ${dpu.name}`];
  if (representor !== undefined && dev !== representor) {
    return [`route to ${address} in ${dpu.name} goes to ${dev}, not to ${representor}`];
  }
  return neighbourDiffers(pod, address, dev);
}

const neighbours = z.array(
  z.looseObject({ lladdr: z.string().optional(), state: z.array(z.string()).default([]) }),
);

async function neighbourDiffers(
  pod: Member,
  address: string,
  dev: string,
): Promise<readonly string[]> {
  const { dpu } = pod.node;
  const shown = await dpu.exec(["ip", "-j", "neigh", "show", address, "dev", dev]);
  const [entry] = shown.stdout.trim() === "" ? [] : neighbours.parse(JSON.parse(shown.stdout));
  const facts = await ipFacts(pod.pod.place);
  const mac = facts.links.find(({ name }) => name === pod.ifname)?.mac;
  if (entry?.lladdr !== undefined && mac !== undefined && entry.lladdr !== mac) {
    return [
      `neighbour ${address} on ${dev} in ${dpu.name} has MAC ${entry.lladdr}, the pod's is ${mac}`,
    ];
  }
  const failed = entry?.state.some((state) => state === "FAILED" || state === "INCOMPLETE");
  return failed ? [`neighbour ${address} on ${dev} in ${dpu.name} is unresolved`] : [];
}

/** The DPU's netdev of the VF the result names; undefined when it names none. */
export function representorOf({ result, node, ifname }: Member): string | undefined {
  const pciId = result?.interfaces.find(({ name }) => name === ifname)?.pciID;
  return node.card.vfs.find(({ pciAddress }) => pciAddress === pciId)?.representor;
}

async function picture(place: Place) {
  const script =
    "ip -br link; ip -br address; ip -4 route; ip -6 route; ip neigh; ip neigh show proxy";
  const ran = await place.exec(["sh", "-c", script]);
  return { kind: "text", title: `network of ${place.name}`, text: ran.stdout } as const;
}
