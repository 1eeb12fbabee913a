/** What the kubelet and a plugin see of one pod's life, whichever runtime made it. */

/** How one call of the kubelet ended; `gone`: the runtime itself went down. */
export type End = "done" | "refused" | "gone";

export interface PodView {
  readonly run: End;
  /** of the pod's status; empty when it does not run */
  readonly ips: readonly string[];
  /** why it does not run; "" when it does */
  readonly why: string;
  /** undefined when there was nothing to stop */
  readonly stop?: End;
  /** verbs in the order they reached the plugin */
  readonly verbs: readonly string[];
  /** of the latest call of each verb */
  readonly calls: Readonly<Record<string, PluginCall>>;
}

/** With what differs from pod to pod replaced: ids, paths. */
export interface PluginCall {
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: unknown;
}

/** @param names what to replace, by its replacement */
export function plainCall(
  call: {
    readonly environment: Readonly<Record<string, string>>;
    readonly stdin: unknown;
  },
  names: Readonly<Record<string, string>>,
): PluginCall {
  const plain = (text: string) =>
    Object.entries(names).reduce(
      (t, [by, what]) => (what === "" ? t : t.replaceAll(what, by)),
      text,
    );
  const environment = Object.entries(call.environment)
    .filter(([name]) => name.startsWith("CNI_"))
    // Its pairs come from a map without an order.
    .map(([name, value]) => [name, name === "CNI_ARGS" ? sortedPairs(value) : value] as const)
    .map(([name, value]) => [name, plain(value)] as const);
  return {
    environment: Object.fromEntries(environment.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    stdin: JSON.parse(plain(JSON.stringify(call.stdin)), withoutEmptyDns),
  };
}

/** libcni wrote an empty `dns` into each result until 1.2. */
function withoutEmptyDns(key: string, value: unknown): unknown {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return key === "dns" && isEmpty ? undefined : value;
}

function sortedPairs(text: string): string {
  return text.split(";").sort().join(";");
}
