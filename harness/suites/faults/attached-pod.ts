/** A pod of the suite and its one attachment, with what it takes to see that it lives. */
import { randomBytes } from "node:crypto";
import type { Pod } from "../../core/backend.ts";
import type { Witness } from "../../oracle/judge-at-rest.ts";
import type { Key } from "../../oracle/oracle.ts";
import type { Attachment } from "../../runtime/attachment.ts";
import type { Network } from "../../runtime/network.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { parseCidr } from "../../spec/cidr.ts";
import { anyResult, containerAddresses } from "../../spec/result.ts";
import type { Workload } from "../../workload/client.ts";

export interface AttachedPod {
  readonly pod: Pod;
  readonly key: Key;
  readonly attachment: Attachment;
}

const ifname = "eth0";
/** nobody listens there: the pod's kernel refuses, which it can do only when packets come and go */
const closedPort = 9;

/** Of the pod only its namespace is used: emptied it serves the next one, under another container id. */
export function attachedPod(pod: Pod, network: Network, deviceID?: string): AttachedPod {
  const { netns, name } = pod;
  const containerId = randomBytes(32).toString("hex");
  return {
    pod,
    key: `${network.name}/${containerId}/${ifname}`,
    attachment: {
      ...{ containerId, ifname, netns },
      cniArgs: { IgnoreUnknown: "1", K8S_POD_NAMESPACE: "default", K8S_POD_NAME: name },
      ...(deviceID === undefined ? {} : { capabilityArguments: { deviceID } }),
    },
  };
}

/** CHECK as the runtime makes it, and a packet there and back from the DPU for each address of the result. */
export function witnessOf(
  { key, attachment }: AttachedPod,
  by: { readonly runtime: Runtime; readonly network: Network; readonly dpu: Workload },
): Witness {
  return {
    key,
    async check() {
      const checked = await by.runtime.check(by.network, attachment);
      return checked.ok ? undefined : checked.error.msg;
    },
    async reach() {
      const cached = anyResult.safeParse(await by.runtime.cached(by.network, attachment));
      if (!cached.success) return "the runtime has no result of its ADD";
      const hosts = containerAddresses(cached.data, ifname).map((one) => parseCidr(one)?.address);
      for (const host of hosts) {
        if (host === undefined) return "its result has an address that is none";
        const went = await by.dpu.tcp({ host, port: closedPort, bytes: 1, seed: 1 });
        if (!went.ok && !went.reason.includes("ECONNREFUSED")) {
          return `no answer from ${host} to the DPU: ${went.phase}: ${went.reason}`;
        }
      }
      return hosts.length === 0 ? "its result has no address" : undefined;
    },
  };
}
