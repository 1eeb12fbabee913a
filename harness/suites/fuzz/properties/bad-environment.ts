/** For every environment with one variable surely wrong: ADD, CHECK and DEL refuse it and change nothing. */
import fc from "fast-check";
import { verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { badEnvironments, mutated } from "../arbitraries/mutated-calls.ts";
import { called, mustRefuse } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const badEnvironment: FuzzProperty = {
  id: "bad-environment",
  title: "an environment with one variable wrong gets an error object and changes nothing",
  section: "2 Parameters",
  share: 1,
  inputs: ({ versions, role = "interface" }) =>
    fc.constantFrom("ADD", "DEL", "CHECK").chain((verb) => {
      const own = versions.filter((version) => verbExists(verb, version));
      const usable = own.length > 0 ? verb : "ADD";
      const plugin = { versions: own.length > 0 ? own : versions };
      return mutated(validCalls(usable, plugin), badEnvironments(usable, role));
    }),
  async holds(input, kit) {
    mustRefuse(await kit.run(input), called(input));
  },
};
