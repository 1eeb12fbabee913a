/** For every odd input that is not surely wrong: the plugin takes it or refuses it, and either lawfully. */
import fc from "fast-check";
import { verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { mutated, oddMutations } from "../arbitraries/mutated-calls.ts";
import { called, mustAnswer } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const oddInput: FuzzProperty = {
  id: "odd-input",
  title: "odd keys and variables are taken or refused, without a crash or a half answer",
  section: "2, 5",
  share: 1,
  inputs: ({ versions }) =>
    fc.constantFrom("DEL", "STATUS", "CHECK").chain((verb) => {
      const own = versions.filter((version) => verbExists(verb, version));
      return mutated(
        own.length > 0 ? validCalls(verb, { versions: own }) : validCalls("DEL", { versions }),
        oddMutations,
      );
    }),
  async holds(input, kit) {
    mustAnswer(await kit.run(input), called(input));
  },
};
