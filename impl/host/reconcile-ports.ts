/** Makes the ports of the DPU those of the ready attachments: adds what it lost, deletes what is nobody's. */
import { withDeadline } from "../base/time.ts";
import { keyText } from "../cni/types.ts";
import { findAtHome } from "../vf/home.ts";
import type { ListedPort, NewPort, PortSetting } from "../wire/agent.ts";
import { newPort } from "./add.ts";
import type { Attachment } from "./attachment.ts";
import { deletePort } from "./delete-port.ts";
import { agentReadMs, type Host } from "./host.ts";
import { within } from "./within.ts";

const addMs = 15_000;

/** `unseen`: the DPU could not be asked; `partly`: some could not be put in order. What failed is logged. */
export async function reconcilePorts(host: Host): Promise<"agreed" | "partly" | "unseen"> {
  // One that has a record before the list or after it is on its way, not a stray.
  const before = new Set(host.attachments.all().map(({ key }) => keyText(key)));
  try {
    const listed = await within(agentReadMs, "list the ports of the DPU", host.agent.listPorts());
    if (listed === undefined) {
      host.attachments.noteStrays([]);
      return "agreed";
    }
    for (const { generation } of listed) host.attachments.outgrow(generation);
    // Records after the list: a port is on the DPU only while it has a record.
    const generations = new Map(listed.map((port) => [keyText(port.key), port.generation]));
    const lost = host.attachments.all().filter(({ key, phase, generation }) => {
      if (phase !== "ready") return false;
      const isMissing = (generations.get(keyText(key)) ?? 0) < generation;
      return isMissing || host.attachments.problem(key, "port") !== undefined;
    });
    host.attachments.noteStrays(
      listed.filter(
        ({ key }) => !before.has(keyText(key)) && host.attachments.get(key) === undefined,
      ),
    );
    // Strays first: one may hold the representor or the addresses that a lost port needs.
    const results = [
      ...(await Promise.allSettled(listed.map((port) => deleteStray(host, port)))),
      ...(await Promise.allSettled(lost.map((record) => addLost(host, record)))),
    ];
    const failed = results.filter((result) => result.status === "rejected");
    for (const { reason } of failed) {
      host.log.warn("a port of the DPU could not be reconciled", { error: reason });
    }
    return failed.length === 0 ? "agreed" : "partly";
  } catch (error) {
    host.log.warn("the ports of the DPU could not be reconciled", { error });
    return "unseen";
  }
}

async function deleteStray(host: Host, port: ListedPort): Promise<void> {
  const { key, generation } = port;
  await host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record !== undefined && record.generation <= generation) return;
    const fields = { key: keyText(key), generation };
    if (host.attachments.mayBeLost(key) && !(await isPodDead(host, port))) {
      host.log.warn("the DPU has a port without a record; it stays until DEL or GC", fields);
      return;
    }
    await deletePort(host, key, generation);
    host.log.info("a port of the DPU that belongs to no attachment was deleted", fields);
  });
}

/** As of an attachment that has its record: nobody takes a VF out of a living pod. */
async function isPodDead(host: Host, { vf: at }: ListedPort): Promise<boolean> {
  const vf = host.pool.all().find(({ pf, index }) => pf === at?.pf && index === at.index);
  return vf !== undefined && typeof (await findAtHome(host.home, vf.pciAddress, 0)) !== "string";
}

async function addLost(host: Host, { key, generation }: Attachment): Promise<void> {
  await host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record?.phase !== "ready" || record.generation !== generation) return;
    const fields = { key: keyText(key), generation, vf: record.vf.pciAddress };
    try {
      const port = await host.agent.addPort(lostPort(record), withDeadline(addMs));
      refuseOtherAddresses(port, record.port);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      host.attachments.noteProblem(
        key,
        "port",
        `the DPU lost its port and did not take it back: ${reason}`,
      );
      host.log.error("a pod is cut off: the DPU lost its port and did not take it back", {
        ...fields,
        reason,
      });
      throw error;
    }
    host.attachments.noteProblem(key, "port", undefined);
    host.log.info("a port that the DPU had lost was added again", fields);
  });
}

/** The pod lives with what it was given: nothing of it may change silently. */
function lostPort(record: Attachment): NewPort {
  const port = newPort(record);
  if (record.port === undefined) return port;
  const { mac, addresses } = record.port;
  return { ...port, vf: { ...port.vf, mac }, addresses };
}

/** An agent of an older build, or of another make, may not know that addresses can be asked for. */
function refuseOtherAddresses(given: PortSetting, had: PortSetting | undefined): void {
  if (sameAddresses(given, had)) return;
  const [is, was] = [given, had].map((port) => addressesOf(port).join(" "));
  throw new Error(`it gave ${is} to a pod that has ${was}; make the pod anew`);
}

function sameAddresses(a: PortSetting, b: PortSetting | undefined): boolean {
  return addressesOf(a).join() === addressesOf(b).join();
}

function addressesOf(port: PortSetting | undefined): readonly string[] {
  return (port?.addresses ?? []).map(({ address }) => address).sort();
}
