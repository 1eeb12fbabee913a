/** The suites a person named, or the default ones, created with what was asked for. */
import type { Suite } from "../core/suite.ts";
import type { RunOptions, SuiteFactory } from "../core/suite-factory.ts";
import { pickByName } from "./option-values.ts";

export function chooseSuites(
  factories: readonly SuiteFactory[],
  names: readonly string[],
  options: RunOptions,
): readonly Suite[] {
  const chosen =
    names.length === 0
      ? factories.filter(({ isDefault }) => isDefault)
      : pickByName("suite", names, factories);
  return chosen.map((factory) => factory.create(options));
}
