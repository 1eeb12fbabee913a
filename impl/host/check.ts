/** CHECK: compares what ADD answered with the pod's namespace and the DPU, and names the first difference. */
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type CniInterface, keyText } from "../cni/types.ts";
import type { Link, Netns } from "../netlink/kernel.ts";
import type { Attachment } from "./attachment.ts";
import { agentReadMs, type Host } from "./host.ts";
import { hasRoute } from "./pod-interface.ts";
import type { CheckRequest } from "./requests.ts";
import { within } from "./within.ts";

/** Observes only. What prevResult says counts, since later plugins may have changed what we made (spec, "CHECK"). */
export async function check(request: CheckRequest, host: Host): Promise<void> {
  const difference = await firstDifference(request, host);
  if (difference !== undefined) {
    throw new CniError(
      cniCodes.checkFailed,
      `Cannot confirm attachment "${keyText(request.key)}": ${difference}`,
    );
  }
  const record = readyRecord(request, host);
  if (record === undefined) return;
  const health = host.agent.health();
  if (health.state === "unavailable") {
    throw new CniError(
      cniCodes.tryAgainLater,
      `Cannot check attachment "${keyText(request.key)}" on the DPU: ${health.reason}`,
    );
  }
  const call = host.agent.checkPort(record.key, record.generation);
  await within(agentReadMs, "check the port on the DPU", call);
}

function readyRecord(request: CheckRequest, host: Host): Attachment | undefined {
  const record = host.attachments.get(request.key);
  return record?.phase === "ready" ? record : undefined;
}

async function firstDifference(request: CheckRequest, host: Host): Promise<string | undefined> {
  const record = readyRecord(request, host);
  if (record === undefined) return "there is no such attachment";
  const problem = host.attachments.problem(record.key);
  if (problem !== undefined) return problem;
  const { ifname } = request.key;
  const expected = request.prevResult.interfaces.find(
    ({ name, sandbox }) => name === ifname && sandbox !== undefined,
  );
  if (expected === undefined) return `prevResult has no interface "${ifname}" with a sandbox`;
  if (expected.sandbox !== request.netns) {
    return `prevResult puts "${ifname}" into "${expected.sandbox}", CNI_NETNS is "${request.netns}"`;
  }
  using netns = await openNetns(host, request.netns);
  if (netns === undefined) return `its namespace "${request.netns}" cannot be opened`;
  const link = await netns.link(ifname);
  return (
    linkDifference(ifname, link, expected, record) ??
    (await addressDifference(netns, request, expected)) ??
    (await routeDifference(netns, request, record))
  );
}

async function openNetns(host: Host, path: string): Promise<Netns | undefined> {
  try {
    return await host.kernel.open(path);
  } catch {
    return undefined;
  }
}

function linkDifference(
  ifname: string,
  link: Link | undefined,
  expected: CniInterface,
  record: Attachment,
): string | undefined {
  if (link === undefined || link.name !== ifname) return `the pod has no interface "${ifname}"`;
  const mac = (expected.mac ?? record.port?.mac ?? "").toLowerCase();
  if (link.address !== mac) return `"${ifname}" has MAC ${link.address}, expected ${mac}`;
  const mtu = expected.mtu ?? record.port?.mtu ?? link.mtu;
  if (link.mtu !== mtu) return `"${ifname}" has MTU ${link.mtu}, expected ${mtu}`;
  if (!link.up) return `"${ifname}" is down`;
  return undefined;
}

/** Those that prevResult puts on our interface; with one interface the index may be left out. */
async function addressDifference(
  netns: Netns,
  { key, prevResult }: CheckRequest,
  expected: CniInterface,
): Promise<string | undefined> {
  const index = prevResult.interfaces.indexOf(expected);
  const only = prevResult.interfaces.length === 1 ? index : -1;
  const present = new Set((await netns.addresses(key.ifname)).map(({ address }) => address));
  const ours = prevResult.ips.filter((ip) => (ip.interface ?? only) === index);
  const missing = ours.find(({ address }) => !present.has(address));
  return missing && `"${key.ifname}" lacks address ${missing.address}`;
}

/** Those of prevResult that ADD made: it cannot say on which interface the others should be. */
async function routeDifference(
  netns: Netns,
  { key, prevResult }: CheckRequest,
  record: Attachment,
): Promise<string | undefined> {
  const routes = await netns.routes();
  for (const route of record.port?.routes ?? []) {
    const claimed = prevResult.routes.some(({ dst, gw }) => dst === route.dst && gw === route.gw);
    if (claimed && !hasRoute(routes, route, key.ifname)) {
      const via = route.gw === undefined ? "" : ` via ${route.gw}`;
      return `the pod lacks route ${route.dst}${via} dev ${key.ifname}`;
    }
  }
  return undefined;
}
