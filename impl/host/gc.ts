/** GC: release every attachment of the network that the runtime no longer lists, and finish what waits for the DPU. */
import { CniError, cniCodes } from "../cni/cni-error.ts";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import { deletePort } from "./delete-port.ts";
import { agentReadMs, type Host } from "./host.ts";
import { release, reportPending } from "./release.ts";
import type { GcRequest } from "./requests.ts";
import { within } from "./within.ts";

/** One that cannot be released does not keep the others; all are named at the end. */
export async function gc(request: GcRequest, host: Host, signal: AbortSignal): Promise<void> {
  const valid = new Set(request.valid.map((one) => keyText({ network: request.network, ...one })));
  const isStale = (key: AttachmentKey) =>
    key.network === request.network && !valid.has(keyText(key));

  // An ADD under way is not stale: the runtime made its list before it.
  const records = host.attachments
    .all()
    .filter(({ key, phase }) => (isStale(key) && phase !== "adding") || phase === "tombstone");
  const failures = await Promise.all([
    ...records.map(({ key, generation }) => releaseStale(key, generation, { host, signal })),
    deleteStrayPorts(host, isStale),
  ]);
  const reasons = failures.filter((reason) => reason !== undefined);
  if (reasons.length === 0) return;
  throw new CniError(
    cniCodes.tryAgainLater,
    `Cannot finish GC of network "${request.network}": ${reasons.length} left: ${reasons.join("; ")}`,
    { details: "The daemon goes on with them in the background" },
  );
}

async function releaseStale(
  key: AttachmentKey,
  generation: number,
  { host, signal }: { readonly host: Host; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const work = async () => {
    const record = host.attachments.get(key);
    // Gone, or made anew since the list: not ours to touch.
    if (record === undefined || record.generation !== generation) return undefined;
    const outcome = await release(host, record);
    reportPending(host, record, outcome);
    return outcome.state === "released" ? undefined : `"${keyText(key)}": ${outcome.reason}`;
  };
  try {
    const inTurn = () => host.deletes.run(work, signal);
    return await host.locks.run(keyText(key), inTurn, signal);
  } catch (error) {
    return `"${keyText(key)}": ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Ports of this network on the DPU that neither the runtime nor a record knows. */
async function deleteStrayPorts(
  host: Host,
  isStale: (key: AttachmentKey) => boolean,
): Promise<string | undefined> {
  if (host.agent.health().state === "unavailable") return undefined;
  try {
    const lost = host.attachments.damaged().flatMap(({ key }) => keyOf(key) ?? []);
    const list = await within(agentReadMs, "list the ports of the DPU", host.agent.listPorts());
    if (list === undefined) return undefined;
    for (const { key, generation } of list) {
      if (!isStale(key) || host.attachments.get(key) !== undefined) continue;
      await deletePort(host, key, generation);
    }
    for (const key of lost.filter(isStale)) await host.attachments.forgetDamaged(key);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `keyText` backwards. */
function keyOf(text = ""): AttachmentKey | undefined {
  const [network, containerId, ifname, ...more] = text.split("/");
  if (!network || !containerId || !ifname || more.length > 0) return undefined;
  return { network, containerId, ifname };
}
