/** Makes the ports of the DPU those of the ready attachments: adds what it lost, deletes what is nobody's. */
import { withDeadline } from "../base/time.ts";
import { keyText } from "../cni/types.ts";
import type { ListedPort, PortSetting } from "../wire/agent.ts";
import { newPort } from "./add.ts";
import type { Attachment } from "./attachment.ts";
import { agentDeleteMs, agentReadMs, type Host } from "./host.ts";
import { within } from "./within.ts";

const addMs = 15_000;

/** True when all are in order now; what failed is logged. */
export async function reconcilePorts(host: Host): Promise<boolean> {
  try {
    const listed = await within(agentReadMs, "list the ports of the DPU", host.agent.listPorts());
    if (listed === undefined) return true;
    // Records after the list: a port is on the DPU only while it has a record.
    const generations = new Map(listed.map((port) => [keyText(port.key), port.generation]));
    const lost = host.attachments.all().filter(({ key, phase, generation }) => {
      return phase === "ready" && (generations.get(keyText(key)) ?? 0) < generation;
    });
    // Strays first: one may hold the representor or the addresses that a lost port needs.
    const results = [
      ...(await Promise.allSettled(listed.map((port) => deleteStray(host, port)))),
      ...(await Promise.allSettled(lost.map((record) => addLost(host, record)))),
    ];
    const failed = results.filter((result) => result.status === "rejected");
    for (const { reason } of failed) {
      host.log.warn("a port of the DPU could not be reconciled", { error: reason });
    }
    return failed.length === 0;
  } catch (error) {
    host.log.warn("the ports of the DPU could not be reconciled", { error });
    return false;
  }
}

async function deleteStray(host: Host, { key, generation }: ListedPort): Promise<void> {
  await host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record !== undefined && record.generation <= generation) return;
    const fields = { key: keyText(key), generation };
    if (host.attachments.mayBeLost(key)) {
      host.log.warn("the DPU has a port without a record; it stays until DEL or GC", fields);
      return;
    }
    const call = host.agent.deletePort(key, generation);
    await within(agentDeleteMs, "delete the port on the DPU", call);
    host.log.info("a port of the DPU that belongs to no attachment was deleted", fields);
  });
}

async function addLost(host: Host, { key, generation }: Attachment): Promise<void> {
  await host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record?.phase !== "ready" || record.generation !== generation) return;
    const port = await host.agent.addPort(newPort(record), withDeadline(addMs));
    const fields = { key: keyText(key), generation, vf: record.vf.pciAddress };
    if (sameAddresses(port, record.port)) {
      host.log.info("a port that the DPU had lost was added again", fields);
    } else {
      host.log.error("the DPU gave a lost port other addresses; the pod must be made anew", {
        ...fields,
        pod: addressesOf(record.port),
        dpu: addressesOf(port),
      });
    }
  });
}

function sameAddresses(a: PortSetting, b: PortSetting | undefined): boolean {
  return addressesOf(a).join() === addressesOf(b).join();
}

function addressesOf(port: PortSetting | undefined): readonly string[] {
  return (port?.addresses ?? []).map(({ address }) => address).sort();
}
