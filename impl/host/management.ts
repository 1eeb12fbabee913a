/**
 * The management interface: one VF that stays on the host, by which its processes and the pods reach each other. It is an
 * attachment as any other, with a record, a generation and a port on the DPU, under a key that no runtime can name.
 */
/** The key `management` of the configuration. */
export interface ManagementConfig {
  /** its name on the host */
  readonly interface: string;
  /** CIDR, canonical: the pod and service ranges of the cluster */
  readonly routes: readonly string[];
  /** PCI address; default: any free VF */
  readonly vf?: string;
}

/** What the daemon says of it. */
export type ManagementState =
  | { readonly interface: string; readonly state: "ready" }
  | { readonly interface: string; readonly state: "unavailable"; readonly reason: string };
