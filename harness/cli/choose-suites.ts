/** The suites a person named, or the default ones, created with what was asked for. */
import type { Suite } from "../core/suite.ts";
import type { RunOptions, SuiteFactory } from "../core/suite-factory.ts";
import { pickByName } from "./option-values.ts";

const leastNodes = 2;

/** @param asked without `nodes`: as many as the suite that wants most */
export function chooseSuites(
  factories: readonly SuiteFactory[],
  names: readonly string[],
  asked: Omit<RunOptions, "nodes"> & { readonly nodes?: number | undefined },
): { readonly suites: readonly Suite[]; readonly nodes: number } {
  const chosen =
    names.length === 0
      ? factories.filter(({ isDefault }) => isDefault)
      : pickByName("suite", names, factories);
  const wanted = chosen.map(({ wantsNodes = leastNodes }) => wantsNodes);
  const nodes = asked.nodes ?? Math.max(leastNodes, ...wanted);
  return { suites: chosen.map((factory) => factory.create({ ...asked, nodes })), nodes };
}
