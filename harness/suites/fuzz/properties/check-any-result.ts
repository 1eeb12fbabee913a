/** For every prevResult with one thing wrong: CHECK answers lawfully and touches nothing. */
import fc from "fast-check";
import { verbExists } from "../../../spec/version.ts";
import { resultEdits } from "../arbitraries/results.ts";
import type { FuzzInput } from "../fuzz-input.ts";
import { editedResult } from "../kit.ts";
import { called, mustAnswer } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const checkAnyResult: FuzzProperty = {
  id: "check-any-result",
  title: "CHECK with one thing wrong in prevResult answers lawfully and touches nothing",
  section: "2 CHECK",
  since: "0.4.0",
  roles: ["interface"],
  share: 0.5,
  inputs({ versions }) {
    const version = versions.filter((one) => verbExists("CHECK", one)).at(-1) ?? "1.0.0";
    return fc.tuple(resultEdits, fc.constantFrom("compact", "escaped")).map(
      ([edit, spelling]): FuzzInput => ({
        verb: "CHECK",
        version,
        network: "",
        containerId: "",
        ifname: "",
        cniArgs: "",
        config: {},
        spelling,
        ...edit,
      }),
    );
  },
  prepare: (kit) => kit.attach(),
  async holds(input, kit) {
    const prevResult = editedResult(input, kit.attached);
    mustAnswer(await kit.run(input, { prevResult, attached: true }), called(input));
  },
};
