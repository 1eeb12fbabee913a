/** Every pod was attached when all ADDs ran at the same time: section 3 "Lifecycle", LIF-01. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { resultFaults } from "../../../spec/result-rules.ts";
import type { Population } from "../population.ts";

export const parallelAdd: Check<Population> = {
  id: "parallel-add",
  title: "all pods are attached when their ADDs run at the same time",
  requirement: { id: "LIF-01", level: "MUST", section: "3 Lifecycle" },
  async run({ arrivals }, t: CheckContext) {
    const problems: string[] = [];
    for (const { name, added, member, network } of arrivals) {
      if (!added.ok) {
        for (const evidence of added.evidence) t.evidence(evidence);
        problems.push(`ADD of pod ${name} failed with ${added.msg}`);
        continue;
      }
      const { ifname = "", pod } = member ?? {};
      const netns = pod?.netns ?? "";
      const faults = resultFaults(added.result, { version: network.cniVersion, ifname, netns });
      problems.push(...faults.map(({ rule, text }) => `result of pod ${name}: ${text} (${rule})`));
    }
    for (const problem of problems) t.log(problem);
    const [first] = problems;
    t.must(first === undefined, `${first}; ${problems.length} problems in ${arrivals.length} ADDs`);
    const done = arrivals.flatMap(({ added }) => (added.ok ? [added] : []));
    const sorted = done.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
    t.figure({
      name: `parallel ${done[0]?.call}, median`,
      value: sorted[Math.floor(sorted.length / 2)] ?? 0,
      low: sorted[0] ?? 0,
      high: sorted.at(-1) ?? 0,
      unit: "ms",
      n: sorted.length,
    });
  },
};
