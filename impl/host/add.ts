/** ADD: lease a VF, open its port on the DPU, hand it to the pod. */
import { pause } from "../base/pause.ts";
import { Undo } from "../base/undo.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type CniResult, keyText } from "../cni/types.ts";
import type { Netns } from "../netlink/kernel.ts";
import type { NewPort, PortSetting } from "../wire/agent.ts";
import { addResult } from "./add-result.ts";
import type { Attachment } from "./attachment.ts";
import { agentReadyWaitMs, type Host } from "./host.ts";
import { moveIn, wire } from "./pod-interface.ts";
import { release, reportPending } from "./release.ts";
import type { AddRequest } from "./requests.ts";

/** Call it under the attachment's lock. When it rejects, everything it did is undone or on its way to be. */
export async function add(
  request: AddRequest,
  host: Host,
  signal: AbortSignal,
): Promise<CniResult> {
  const key = keyText(request.key);
  await pause?.("add-begun", key);
  using netns = await openPodNetns(request, host);
  await refuseKnown(request, host);
  await refuseTakenName(request, netns);
  await requireAgent(host, signal);
  await host.pairs?.settled(signal);

  // The record is on disk before anything is touched; undone as a DEL would, also when `signal` aborted.
  await using undo = new Undo(host.log);
  const record = await host.pool.lease(request.deviceId, async (vf, pristine) => {
    await pause?.("add-vf-chosen", key);
    const { pciAddress, pf, index } = vf;
    const leased = newAttachment(request, host, { pciAddress, pf, index, pristine });
    undo.add(() => undoAdd(host, leased));
    await host.attachments.put(leased);
    await pause?.("add-intent-recorded", key);
    return leased;
  });

  const { home, log } = host;
  const port = await openPort(host, record, { netns, signal });
  const pod = await wire({ home, netns, record, port, signal, log });
  signal.throwIfAborted();

  await host.attachments.put({ ...record, phase: "ready", port: pod.port });
  await pause?.("add-committed", key);
  // A caller that gave up while this was written sends no DEL that could be relied on.
  signal.throwIfAborted();
  undo.keep();
  return addResult(request, pod);
}

async function openPodNetns(request: AddRequest, host: Host): Promise<Netns> {
  const refused = (state: string, cause?: unknown) =>
    new CniError(cniCodes.invalidNetns, `Cannot use CNI_NETNS "${request.netns}": ${state}`, {
      details: "It must be the path of the pod's own network namespace, as seen by the daemon",
      cause,
    });
  let netns: Netns;
  try {
    netns = await host.kernel.open(request.netns);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
  if (netns.id !== host.home.netns.id) return netns;
  netns[Symbol.dispose]();
  throw refused("it is the host's own network namespace");
}

async function refuseKnown(request: AddRequest, host: Host): Promise<void> {
  const known = host.attachments.get(request.key);
  if (known === undefined) return;
  if (known.phase === "ready") {
    throw new CniError(
      cniCodes.alreadyExists,
      `Cannot add attachment "${keyText(request.key)}": it exists since ${known.since} with VF ${known.vf.pciAddress}`,
      { details: "Delete it first; it was not touched" },
    );
  }
  const outcome = await release(host, known);
  if (outcome.state === "released") return;
  throw new CniError(
    cniCodes.tryAgainLater,
    `Cannot add attachment "${keyText(request.key)}": an earlier one is still being released: ${outcome.reason}`,
  );
}

async function refuseTakenName(request: AddRequest, netns: Netns): Promise<void> {
  const { ifname } = request.key;
  if ((await netns.link(ifname)) === undefined) return;
  throw new CniError(
    cniCodes.alreadyExists,
    `Cannot add interface "${ifname}": the pod's namespace "${request.netns}" has one of that name`,
    { details: "Nothing was changed" },
  );
}

/** Before a VF is leased: one that was leased when the DPU cannot confirm its release would end in quarantine. */
async function requireAgent(host: Host, signal: AbortSignal): Promise<void> {
  const { clock } = host.home;
  const end = clock.now() + agentReadyWaitMs;
  for (;;) {
    const health = host.agent.health();
    if (health.state === "ready" && host.havePortsBeenSeen()) return;
    if (clock.now() >= end) {
      const reason =
        health.state === "ready" ? "the DPU's ports are being compared" : health.reason;
      throw new CniError(cniCodes.tryAgainLater, `Cannot add a pod's network: ${reason}`, {
        details: "The DPU serves no new ports; see the log of cni-offload-agent on the DPU",
      });
    }
    await clock.sleep(20, signal);
  }
}

/** Asks the DPU while the kernel moves the VF, since neither needs the other; both have ended when this settles. */
async function openPort(
  host: Host,
  record: Attachment,
  { netns, signal }: { readonly netns: Netns; readonly signal: AbortSignal },
): Promise<PortSetting> {
  const stop = new AbortController();
  const asked = host.agent.addPort(newPort(record), AbortSignal.any([signal, stop.signal]));
  const moved = moveIn({ home: host.home, netns, record }).catch((error) => {
    stop.abort(error);
    throw error;
  });
  const [port, move] = await Promise.allSettled([asked, moved]);
  if (move.status === "rejected") throw move.reason;
  if (port.status === "rejected") throw port.reason;
  return port.value;
}

function newAttachment(request: AddRequest, host: Host, vf: Attachment["vf"]): Attachment {
  return {
    format: 1,
    key: request.key,
    phase: "adding",
    generation: host.attachments.nextGeneration(),
    pod: request.pod,
    vf,
    ...(request.mac === undefined ? {} : { mac: request.mac }),
    netns: request.netns,
    networkConfig: request.rawConfig,
    since: new Date().toISOString(),
  };
}

/** What the DPU is asked, now and when it lost the port. */
export function newPort(record: Attachment): NewPort {
  const { key, generation, pod, networkConfig } = record;
  const { pciAddress, pf, index, pristine } = record.vf;
  return {
    key,
    generation,
    pod,
    networkConfig,
    vf: { pciAddress, pf, index, mac: record.mac ?? pristine.address },
  };
}

async function undoAdd(host: Host, leased: Attachment): Promise<void> {
  // Without a record nothing was done: it is written before anything else.
  const record = host.attachments.get(leased.key);
  if (record !== undefined) reportPending(host, record, await release(host, record));
}
