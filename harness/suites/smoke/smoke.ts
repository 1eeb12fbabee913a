/** The suite smoke: a quick choice of the CNI requirements, over our plugin and over foreign ones for comparison. */
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { Bench } from "../conformance/bench.ts";
import { catalogue } from "../conformance/catalogue.ts";
import { checkOver } from "../conformance/grade.ts";
import { smokeIds } from "./smoke-ids.ts";

const title = "plugins keep the CNI specification: ours, and foreign ones for comparison";

export const smoke: SuiteFactory = {
  name: "smoke",
  title,
  isDefault: true,
  create(options): Suite<Bench> {
    const targets = chooseTargets(options, ["offload", "bridge", "ptp"]);
    const requirements = catalogue.filter(({ id }) => smokeIds.has(id));
    const checks = targets.flatMap(({ installer, known }) => {
      const grading = { plugin: installer.name, profile: "strict", known } as const;
      return requirements.map((check) => checkOver(check, grading));
    });
    return {
      name: "smoke",
      title,
      parallel: options.nodes,
      checks: () => checks,
      open: (context) =>
        Bench.open(
          targets.map(({ installer }) => installer),
          context,
        ),
    };
  },
};
