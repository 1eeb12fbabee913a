/** How the requirements of one plugin went, counted by each reading of the specification, by area, and by version. */
import type { CheckRecord, PluginRecord, RunRecord } from "../core/record.ts";

export type Requirement = CheckRecord & {
  readonly requirement: NonNullable<CheckRecord["requirement"]>;
};

export const profiles = ["strict", "skel", "runtime"] as const;
export type Profile = (typeof profiles)[number];

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly finding: number;
  readonly skipped: number;
  readonly blocked: number;
  readonly notApplicable: number;
}

/** Each plugin that a conformance suite judged in this run, with its requirements in the order of the catalogue. */
export function judgedIn(record: RunRecord): readonly {
  readonly plugin: PluginRecord;
  readonly requirements: readonly Requirement[];
}[] {
  const plugins = record.plugins.filter(({ suite }) => suite === "conformance");
  return plugins.map((plugin) => ({
    plugin,
    requirements: record.checks.filter(
      (check): check is Requirement =>
        check.requirement !== undefined &&
        check.suite === plugin.suite &&
        check.id === `${plugin.name}/${check.requirement.id}`,
    ),
  }));
}

export function areaOf({ requirement }: Requirement): string {
  return requirement.id.split("-")[0] ?? requirement.id;
}

export function sinceOf({ requirement }: Requirement): string {
  return requirement.since ?? "0.1.0";
}

/** How a requirement went by one reading. What did not run says nothing by any; a failure that is known is a finding. */
export function outcomeBy(profile: Profile, check: Requirement): CheckRecord["outcome"] {
  const verdict = check.verdicts?.[profile];
  if (verdict === undefined || verdict === "passed") {
    return verdict === undefined ? check.outcome : "passed";
  }
  return check.outcome === "finding" ? "finding" : "failed";
}

export function count(
  checks: readonly Requirement[],
  outcomeOf: (check: Requirement) => CheckRecord["outcome"] = ({ outcome }) => outcome,
): Counts {
  const counts = { passed: 0, failed: 0, finding: 0, skipped: 0, blocked: 0, notApplicable: 0 };
  for (const check of checks) counts[outcomeOf(check)] += 1;
  return counts;
}

/** In the order of first appearance. */
export function groupBy(
  checks: readonly Requirement[],
  keyOf: (check: Requirement) => string,
): ReadonlyMap<string, readonly Requirement[]> {
  const groups = new Map<string, readonly Requirement[]>();
  for (const check of checks)
    groups.set(keyOf(check), [...(groups.get(keyOf(check)) ?? []), check]);
  return groups;
}
