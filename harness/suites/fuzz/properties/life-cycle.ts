/** For every valid input: ADD gives a valid result, CHECK agrees, DEL ends clean. */
import { carriesPrevResult, verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { mustGiveResult, mustSucceed } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const lifeCycle: FuzzProperty = {
  id: "life-cycle",
  title: "valid input of any shape gives a valid result, a CHECK that agrees and a clean DEL",
  section: "2 ADD",
  roles: ["interface"],
  share: 0.25,
  inputs: (plugin) => validCalls("ADD", plugin),
  async holds(input, kit) {
    try {
      const prevResult = mustGiveResult(await kit.run(input), input, kit.netns);
      if (verbExists("CHECK", input.version)) {
        mustSucceed(await kit.run(input, { verb: "CHECK", prevResult }), "CHECK after ADD");
      }
      const given = carriesPrevResult(input.version) ? { prevResult } : {};
      mustSucceed(await kit.run(input, { verb: "DEL", ...given }), "DEL");
    } catch (error) {
      await kit.run(input, { verb: "DEL" });
      await kit.renew();
      throw error;
    }
  },
};
