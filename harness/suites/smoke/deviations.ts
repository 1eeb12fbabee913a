/**
 * Where foreign plugins are known to leave the text. A listed deviation is reported as a finding with its reason; one
 * that is not listed fails. Measured with Debian's containernetworking-plugins 1.1.1.
 */
export interface Deviation {
  readonly plugins: readonly string[];
  /** requirement ids */
  readonly checks: readonly string[];
  readonly reason: string;
}

export const deviations: readonly Deviation[] = [
  {
    plugins: ["bridge", "ptp"],
    checks: ["PRO-07"],
    reason:
      "skel reads an empty CNI_COMMAND as a person's call: it prints an about text and exits with 0",
  },
  {
    plugins: ["ptp"],
    checks: ["DEL-13"],
    reason:
      "two interfaces of one ptp network do not fit into a container: both want the route to the gateway",
  },
];

export function deviationOf(plugin: string, check: string): Deviation | undefined {
  return deviations.find(
    ({ plugins, checks }) => plugins.includes(plugin) && checks.includes(check),
  );
}
