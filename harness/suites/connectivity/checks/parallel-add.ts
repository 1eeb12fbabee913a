/** Every pod was attached when all ADDs ran at the same time: section 3 "Lifecycle", LIF-01. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { resultFaults } from "../../../spec/result-rules.ts";
import type { Population } from "../population.ts";

export const parallelAdd: Check<Population> = {
  id: "parallel-add",
  title: "all pods are attached when their ADDs run at the same time",
  requirement: { id: "LIF-01", level: "MUST", section: "3 Lifecycle" },
  async run({ members }, t: CheckContext) {
    const problems: string[] = [];
    for (const { name, added, attachment, network } of members) {
      for (const { evidence } of added.ok ? [] : added.calls) t.evidence(evidence);
      if (!added.ok) {
        problems.push(
          `ADD of pod ${name} failed with code ${added.error.code}: ${added.error.msg}`,
        );
        continue;
      }
      const { ifname, netns } = attachment;
      const faults = resultFaults(added.result, { version: network.cniVersion, ifname, netns });
      problems.push(...faults.map(({ rule, text }) => `result of pod ${name}: ${text} (${rule})`));
    }
    for (const problem of problems) t.log(problem);
    const [first] = problems;
    t.must(first === undefined, `${first}; ${problems.length} problems in ${members.length} ADDs`);
    const durations = members.flatMap(({ added }) =>
      added.calls.map((call) => call.evidence.durationMs),
    );
    const sorted = durations.toSorted((a, b) => a - b);
    t.figure({
      name: "parallel ADD, median",
      value: sorted[Math.floor(sorted.length / 2)] ?? 0,
      low: sorted[0] ?? 0,
      high: sorted.at(-1) ?? 0,
      unit: "ms",
      n: sorted.length,
    });
  },
};
