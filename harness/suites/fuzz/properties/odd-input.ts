/** For every odd input that is not surely wrong: the plugin takes it or refuses it, and either lawfully. */
import fc from "fast-check";
import { verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { mutated, oddMutations } from "../arbitraries/mutated-calls.ts";
import type { FuzzInput } from "../fuzz-input.ts";
import { called, mustAnswer } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const oddInput: FuzzProperty = {
  id: "odd-input",
  title: "odd keys and variables are taken or refused, without a crash or a half answer",
  section: "2, 5",
  share: 1,
  inputs: ({ versions, ifname }) =>
    fc.constantFrom("DEL", "STATUS", "CHECK", "ADD").chain((verb) => {
      const own = versions.filter((version) => verbExists(verb, version));
      const about = verb === "ADD" && ifname !== undefined ? { ifname } : {};
      return mutated(
        own.length > 0
          ? validCalls(verb, { versions: own, ...about })
          : validCalls("DEL", { versions }),
        oddMutations,
      );
    }),
  async holds(input, kit) {
    if (input.verb !== "ADD") return mustAnswer(await kit.run(input), called(input));
    try {
      mustAnswer(await kit.run(input), called(input));
    } finally {
      await kit.run(plain(input), { verb: "DEL" });
    }
  },
};

/** The same attachment with nothing odd about it. */
function plain({ version, network, containerId, ifname }: FuzzInput): FuzzInput {
  return {
    ...{ verb: "DEL", version, network, containerId, ifname },
    ...{ cniArgs: "", config: {}, spelling: "compact" },
  };
}
