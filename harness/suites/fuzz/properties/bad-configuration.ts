/** For every configuration with one thing surely wrong: every verb refuses it and changes nothing. */
import fc from "fast-check";
import { verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { badConfigurations, badNetworkNames, mutated } from "../arbitraries/mutated-calls.ts";
import { called, mustRefuse } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

const verbs = ["ADD", "DEL", "CHECK", "STATUS", "GC"] as const;

export const badConfiguration: FuzzProperty = {
  id: "bad-configuration",
  title: "a configuration with one thing wrong gets an error object and changes nothing",
  section: "1, 5 Error",
  share: 1,
  inputs: ({ versions }) =>
    fc.constantFrom(...verbs).chain((verb) => {
      const own = versions.filter((version) => verbExists(verb, version));
      const valid =
        own.length > 0 ? validCalls(verb, { versions: own }) : validCalls("ADD", { versions });
      const named = verb === "ADD" || verb === "DEL" || verb === "CHECK" || own.length === 0;
      const mutations = named ? fc.oneof(badConfigurations, badNetworkNames) : badConfigurations;
      return mutated(valid, mutations);
    }),
  async holds(input, kit) {
    mustRefuse(await kit.run(input), called(input));
  },
};
