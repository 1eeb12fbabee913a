/** The suite conformance: every requirement of the CNI catalogue, over the plugins that target files describe. */
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { fuzzChecks } from "../fuzz/fuzz-check.ts";
import { Bench, sideBySide } from "./bench.ts";
import { catalogue } from "./catalogue.ts";
import { checkOver } from "./grade.ts";
import { type Profile, profiles } from "./judge.ts";

const title =
  "a plugin keeps every requirement of the CNI specification that can be seen from outside";

/** of each property of generated input; suite fuzz does more */
const fuzzRuns = 10;

export const conformance: SuiteFactory = {
  name: "conformance",
  title,
  isDefault: false,
  wantsNodes: 4,
  create(options): Suite<Bench> {
    const profile =
      profiles.find((each) => each === options.profile) ?? ("strict" satisfies Profile);
    const targets = chooseTargets(options);
    const checks = targets.flatMap((target) => {
      const { installer, known } = target;
      const grading = { plugin: installer.name, profile, known };
      return [
        ...catalogue.map((check) => checkOver(check, grading)),
        ...fuzzChecks(target, { suite: "conformance", usualRuns: fuzzRuns, asked: options }),
      ];
    });
    return {
      name: "conformance",
      title,
      parallel: sideBySide(
        targets.map(({ installer }) => installer),
        options.nodes,
      ),
      checks: () => checks,
      open: (context) =>
        Bench.open(
          targets.map(({ installer }) => installer),
          context,
          profile,
        ),
    };
  },
};
