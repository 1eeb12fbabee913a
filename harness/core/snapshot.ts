/** The state of a world as sorted lines, so that two of them can be compared and a difference read by a person. */

/** Place ("node1/host", "node1/dpu", "fabric", "machine") → sorted lines, e.g. "link eth0 veth mtu 1500 up". */
export type Snapshot = ReadonlyMap<string, readonly string[]>;

/** Lines "+ place: line" and "- place: line" for what came and what went; empty when equal. */
export function snapshotDifference(before: Snapshot, after: Snapshot): readonly string[] {
  const difference: string[] = [];
  for (const place of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const was = new Set(before.get(place) ?? []);
    const is = new Set(after.get(place) ?? []);
    for (const line of was) if (!is.has(line)) difference.push(`- ${place}: ${line}`);
    for (const line of is) if (!was.has(line)) difference.push(`+ ${place}: ${line}`);
  }
  return difference;
}
