/** The CNI executable under test, as a runtime knows it: directories to search, a configuration, and what it claims. */

/** What a plugin does in a list: makes an interface, adjusts what earlier ones made, hands out addresses, runs others. */
export type Role = "interface" | "chained" | "ipam" | "meta";

export interface Plugin {
  /** as shown and selected: "offload", "bridge", "ptp" */
  readonly name: string;
  /** CNI_PATH */
  readonly cniPath: readonly string[];
  /** the `type` of the plugin object under test */
  readonly type: string;
  /** the network configuration list without `cniVersion`; each attempt adds the version. The plugin under test is first. */
  readonly conflist: {
    readonly name: string;
    readonly plugins: readonly Readonly<Record<string, unknown>>[];
  };
  /** versions it is tested with, oldest first; the last is the default */
  readonly versions: readonly string[];
  /** default "interface" */
  readonly role?: Role;
  /** what it claims beyond its versions: capabilities by name, "delegates" (runs an IPAM plugin), "daemon" */
  readonly claims?: readonly string[];
  /** plugins that run before it in a list, for a chained one */
  readonly before?: readonly Readonly<Record<string, unknown>>[];
  /** the interface it sets up, where every pod has one from the start, such as "lo"; default: it makes "eth0" */
  readonly ifname?: string;
  /** the package it came from, with its version: "containernetworking-plugins 1.1.1" */
  readonly build?: string;
  /** Takes what one attachment has for itself on the node, such as a VF named in its configuration; before its ADD. */
  readonly prepare?: () => Promise<Prepared>;
}

/** A plugin that a suite judged, as the record names it. */
export interface JudgedPlugin {
  readonly name: string;
  readonly role: Role;
  readonly executable: string;
  readonly build?: string;
  readonly versions: readonly string[];
  readonly claims: readonly string[];
  /** whose reading of the specification decided */
  readonly profile: string;
}

export interface Prepared {
  /** the plugin object for this attachment, in place of the one in `conflist` */
  readonly object: Readonly<Record<string, unknown>>;
  /** Gives it back, when the pod is gone. */
  undo(): void;
}
