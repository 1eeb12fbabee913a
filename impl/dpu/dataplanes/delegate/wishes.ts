/** What the host's runtime asked for, as the plugins on the DPU get it: CNI_ARGS, and values by capability. */
import type { PodName } from "../../../cni/types.ts";
import type { PortRequest } from "../../dataplane.ts";

/** Of the host, without a meaning on the DPU: the VF, its sandbox's cgroup. */
const ofTheHost = ["deviceID", "infinibandGUID", "cgroupPath"];

export interface Wishes {
  readonly values: Readonly<Record<string, unknown>>;
  /** the MAC that the runtime insists on, lower case */
  readonly mac?: string;
}

/**
 * `runtimeConfig` holds only what the host's configuration declares as a capability. The MAC of the VF goes with it even
 * when nobody asked: a VF that need not change its MAC needs no trust from its PF.
 */
export function wishesOf({ networkConfig, mac }: PortRequest): Wishes {
  const said = runtimeConfigOf(networkConfig).filter(([name]) => !ofTheHost.includes(name));
  const values: Record<string, unknown> = Object.fromEntries(said);
  const asked = values["mac"];
  if (typeof asked === "string" && asked !== "") return { values, mac: asked.toLowerCase() };
  if (mac !== "") values["mac"] = mac;
  return { values };
}

function runtimeConfigOf(networkConfig: string): readonly [string, unknown][] {
  try {
    const { runtimeConfig } = JSON.parse(networkConfig) as { runtimeConfig?: unknown };
    return typeof runtimeConfig === "object" && runtimeConfig !== null
      ? Object.entries(runtimeConfig)
      : [];
  } catch {
    return [];
  }
}

/** As Kubernetes runtimes write it; parts that are unknown, or would not survive the syntax, are left out. */
export function cniArgsOf(pod: PodName | undefined, containerId: string): string {
  const { namespace = "", name = "", uid = "" } = pod ?? {};
  const pairs = [
    ["K8S_POD_NAMESPACE", namespace],
    ["K8S_POD_NAME", name],
    ["K8S_POD_INFRA_CONTAINER_ID", name === "" ? "" : containerId],
    ["K8S_POD_UID", uid],
  ].filter(([, value = ""]) => value !== "" && !/[;=]/.test(value));
  return [["IgnoreUnknown", "1"], ...pairs].map((pair) => pair.join("=")).join(";");
}
