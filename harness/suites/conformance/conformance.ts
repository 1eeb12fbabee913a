/** The suite conformance: every requirement of the CNI catalogue, over the plugins that target files describe. */
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { Bench } from "./bench.ts";
import { catalogue } from "./catalogue.ts";
import { checkOver } from "./grade.ts";
import { type Profile, profiles } from "./judge.ts";

const title =
  "a plugin keeps every requirement of the CNI specification that can be seen from outside";

export const conformance: SuiteFactory = {
  name: "conformance",
  title,
  isDefault: false,
  wantsNodes: 4,
  create(options): Suite<Bench> {
    const profile =
      profiles.find((each) => each === options.profile) ?? ("strict" satisfies Profile);
    const targets = chooseTargets(options);
    const checks = targets.flatMap(({ installer, known }) =>
      catalogue.map((check) => checkOver(check, { plugin: installer.name, profile, known })),
    );
    return {
      name: "conformance",
      title,
      parallel: options.nodes,
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
