/** The suite fuzz: generated input, right and wrong in one thing, over the plugins that target files describe. */
import type { Suite } from "../../core/suite.ts";
import type { RunOptions, SuiteFactory } from "../../core/suite-factory.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { Bench, sideBySide } from "../conformance/bench.ts";
import { fuzzChecks } from "./fuzz-check.ts";

const title = "a plugin lives with any valid input and refuses any other in the lawful way";
const usualRuns = 40;

export const fuzz: SuiteFactory = {
  name: "fuzz",
  title,
  isDefault: false,
  wantsNodes: 4,
  create: (asked) => fuzzSuite(asked),
};

/** @param folder in place of fixtures/counterexamples, for self-tests */
export function fuzzSuite(asked: RunOptions, folder?: string): Suite<Bench> {
  const targets = chooseTargets(asked);
  const options = { suite: "fuzz", usualRuns, asked, ...(folder !== undefined && { folder }) };
  const checks = targets.flatMap((target) => fuzzChecks(target, options));
  return {
    name: "fuzz",
    title,
    parallel: sideBySide(
      targets.map(({ installer }) => installer),
      asked.nodes,
    ),
    checks: () => checks,
    open: (context) =>
      Bench.open(
        targets.map(({ installer }) => installer),
        context,
      ),
  };
}
