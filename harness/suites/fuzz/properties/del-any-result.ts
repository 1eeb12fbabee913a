/** For every prevResult: DEL of what was never attached succeeds with a valid one, and answers lawfully to a wrong one. */
import fc from "fast-check";
import { carriesPrevResult } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { resultEdits, resultOf, resultParts } from "../arbitraries/results.ts";
import type { FuzzInput } from "../fuzz-input.ts";
import { editedResult } from "../kit.ts";
import { called, mustAnswer, mustSucceed } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

export const delAnyResult: FuzzProperty = {
  id: "del-any-result",
  title: "DEL of nothing succeeds with any valid prevResult, and survives a wrong one",
  section: "2 DEL",
  since: "0.4.0",
  roles: ["interface"],
  share: 1,
  inputs(plugin) {
    const versions = plugin.versions.filter(carriesPrevResult);
    const edits = fc.oneof({ withCrossShrink: true }, fc.constant({}), resultEdits);
    return fc.tuple(validCalls("DEL", { ...plugin, versions }), resultParts, edits).map(
      ([call, parts, edit]): FuzzInput => ({
        ...call,
        ...edit,
        config: { ...call.config, prevResult: resultOf(parts, call) },
      }),
    );
  },
  async holds(input, kit) {
    const { prevResult, ...config } = input.config;
    const ran = await kit.run(
      { ...input, config },
      { prevResult: editedResult(input, prevResult) },
    );
    if (input.mutation === undefined) mustSucceed(ran, "DEL of what was never attached");
    else mustAnswer(ran, called(input));
  },
};
