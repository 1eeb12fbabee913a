/** The CNI specification's nouns (0.3.0 to 1.1.0), as this product uses them inside: always in their 1.1.0 shape. */

export const cniVersions = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type CniVersion = (typeof cniVersions)[number];

export const cniCommands = ["ADD", "DEL", "CHECK", "STATUS", "GC", "VERSION"] as const;
export type CniCommand = (typeof cniCommands)[number];

/** The key of an attachment on every process: spec 0.4.0 "General considerations", 1.1.0 section 2. */
export interface AttachmentKey {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
}

/** One text for logs, file names and locks; `/` cannot occur in any part. */
export function keyText(key: AttachmentKey): string {
  return `${key.network}/${key.containerId}/${key.ifname}`;
}

/** Success result of ADD: spec 1.1.0 section 5. */
export interface CniResult {
  readonly interfaces: readonly CniInterface[];
  readonly ips: readonly CniIp[];
  readonly routes: readonly CniRoute[];
  readonly dns: CniDns;
}

export interface CniInterface {
  readonly name: string;
  /** lower-case EUI-48 */
  readonly mac?: string;
  readonly mtu?: number;
  /** the CNI_NETNS string, byte for byte; absent for a host interface */
  readonly sandbox?: string;
  readonly socketPath?: string;
  readonly pciID?: string;
}

export interface CniIp {
  /** CIDR with host bits */
  readonly address: string;
  readonly gateway?: string;
  /** index into `interfaces` */
  readonly interface?: number;
}

export interface CniRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

export interface CniDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** A pod as Kubernetes runtimes name it in CNI_ARGS; parts are "" when unknown. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A call after the checks of its environment and configuration. */
export type CniRequest =
  | (AttachmentRequest & { readonly command: "ADD" })
  | (AttachmentRequest & { readonly command: "CHECK"; readonly prevResult: CniResult })
  | (Omit<AttachmentRequest, "netns"> & { readonly command: "DEL"; readonly netns?: string })
  | { readonly command: "STATUS"; readonly version: CniVersion; readonly network: string }
  | {
      readonly command: "GC";
      readonly version: CniVersion;
      readonly network: string;
      /** attachments that are still valid; everything else of this network may go */
      readonly valid: readonly { readonly containerId: string; readonly ifname: string }[];
    }
  /** `version` is what stdin said, echoed as it came; the newest when it said nothing usable */
  | { readonly command: "VERSION"; readonly version: string };

export interface AttachmentRequest {
  readonly version: CniVersion;
  readonly key: AttachmentKey;
  readonly netns: string;
  readonly pod: PodName;
  /** runtimeConfig.deviceID (or `deviceID` of the configuration): the PCI address of the VF to use */
  readonly deviceId?: string;
  /** runtimeConfig.mac: the MAC the pod's interface must have, lower case; ADD and CHECK only */
  readonly mac?: string;
  /** the runtime's or the configuration's own `dns`, which belongs into the result; ADD and CHECK only */
  readonly dns?: CniDns;
  /** the earlier plugin's result when we are not first in a chain */
  readonly prevResult?: CniResult;
  /** the whole configuration as it came, for the DPU's dataplane */
  readonly rawConfig: string;
}
