/** The CNI executable under test, as a runtime knows it: directories to search, a configuration, and what it claims. */
export interface Plugin {
  /** as shown and selected: "offload", "bridge", "ptp" */
  readonly name: string;
  /** CNI_PATH */
  readonly cniPath: readonly string[];
  /** the `type` of the (first) plugin object */
  readonly type: string;
  /** the network configuration list without `cniVersion`; each attempt adds the version */
  readonly conflist: {
    readonly name: string;
    readonly plugins: readonly Readonly<Record<string, unknown>>[];
  };
  /** versions it is tested with, oldest first; the last is the default */
  readonly versions: readonly string[];
}
