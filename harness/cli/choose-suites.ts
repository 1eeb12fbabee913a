/** The suites a person named, or the default ones, created with what was asked for. */

import type { Suite } from "../core/suite.ts";
import type { RunOptions, SuiteFactory } from "../core/suite-factory.ts";
import { UsageError } from "../core/usage-error.ts";
import { pickByName } from "./option-values.ts";

const leastNodes = 2;

/** @param asked without `nodes`: as many as the suite that wants most */
export function chooseSuites(
  factories: readonly SuiteFactory[],
  names: readonly string[],
  asked: Omit<RunOptions, "nodes"> & { readonly nodes?: number | undefined },
): { readonly suites: readonly Suite[]; readonly nodes: number } {
  const named =
    names.length === 0
      ? factories.filter(({ isDefault }) => isDefault)
      : pickByName("suite", names, factories);
  const chosen = asked.runtime === "containerd" ? podMakers(named, names) : named;
  if (asked.dataplane !== undefined && asked.dataplane !== "routed") mustTakeDataplane(chosen);
  const wanted = chosen.map(({ wantsNodes = leastNodes }) => wantsNodes);
  const nodes = asked.nodes ?? Math.max(leastNodes, ...wanted);
  return { suites: chosen.map((factory) => factory.create({ ...asked, nodes })), nodes };
}

/** A suite that calls plugins itself would say nothing of a real runtime. */
function podMakers(
  suites: readonly SuiteFactory[],
  names: readonly string[],
): readonly SuiteFactory[] {
  const without = suites.filter(({ makesPods = false }) => !makesPods).map(({ name }) => name);
  if (names.length === 0) return suites.filter(({ name }) => !without.includes(name));
  if (without.length === 0) return suites;
  throw new UsageError(
    `Cannot run ${without.join(" and ")} with --runtime containerd: only suites that make whole pods can (connectivity)`,
  );
}

function mustTakeDataplane(suites: readonly SuiteFactory[]): void {
  const names = suites.filter(({ isRouted = false }) => isRouted).map(({ name }) => name);
  if (names.length === 0) return;
  throw new UsageError(
    `Cannot run ${names.join(" and ")} with --dataplane: it is judged over routed, the built-in one`,
  );
}
