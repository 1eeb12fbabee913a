/** The suite smoke: a quick choice of the CNI requirements, over our plugin and over foreign ones for comparison. */
import type { Installer } from "../../core/installation.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { UsageError } from "../../core/usage-error.ts";
import { bridgeInstaller, ptpInstaller } from "../../install/debian.ts";
import { offloadInstaller } from "../../install/offload.ts";
import { Bench } from "../conformance/bench.ts";
import { catalogue } from "../conformance/catalogue.ts";
import { checkOver } from "../conformance/grade.ts";
import { deviations } from "./deviations.ts";
import { smokeIds } from "./smoke-ids.ts";

const title = "plugins keep the CNI specification: ours, and foreign ones for comparison";
const builtIn: readonly Installer[] = [offloadInstaller, bridgeInstaller, ptpInstaller];

export const smoke: SuiteFactory = {
  name: "smoke",
  title,
  isDefault: true,
  create({ plugins, nodes, installers = builtIn }): Suite<Bench> {
    const chosen = choose(plugins, installers);
    const requirements = catalogue.filter(({ id }) => smokeIds.has(id));
    const checks = chosen.flatMap(({ name }) => {
      const grading = { plugin: name, profile: "strict", known: deviations.get(name) } as const;
      return requirements.map((check) => checkOver(check, grading));
    });
    return {
      name: "smoke",
      title,
      parallel: nodes,
      checks: () => checks,
      open: (context) => Bench.open(chosen, context),
    };
  },
};

function choose(names: readonly string[], installers: readonly Installer[]): readonly Installer[] {
  if (names.length === 0) return installers;
  return names.map((name) => {
    const installer = installers.find((one) => one.name === name);
    if (installer !== undefined) return installer;
    const known = installers.map((one) => one.name).join(", ");
    throw new UsageError(`unknown plugin "${name}": there are ${known}`);
  });
}
