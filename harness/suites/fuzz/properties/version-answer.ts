/** For every stdin: VERSION lists the versions the plugin is claimed to speak, or refuses lawfully. */
import fc from "fast-check";
import { versionAnswer as answerShape } from "../../../spec/version-answer.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { badConfigurations, mutated } from "../arbitraries/mutated-calls.ts";
import { called, mustRefuse, mustSucceed } from "../lawful.ts";
import { type FuzzProperty, Refuted } from "../property.ts";

export const versionAnswer: FuzzProperty = {
  id: "version-answer",
  title: "VERSION answers any valid input, and answers or refuses any other",
  section: "2 VERSION",
  share: 0.5,
  inputs: (plugin) => {
    const valid = validCalls("VERSION", plugin);
    return fc.oneof(valid, mutated(valid, badConfigurations));
  },
  async holds(input, kit) {
    const ran = await kit.run(input);
    if (input.mutation !== undefined && ran.evidence.exitCode !== 0) {
      mustRefuse(ran, called(input));
      return;
    }
    const document = mustSucceed(ran, called(input));
    const shape = answerShape.safeParse(document);
    if (!shape.success || !shape.data.supportedVersions.includes(input.version)) {
      throw new Refuted(
        `VERSION should list ${input.version}, it says ${JSON.stringify(document)}`,
      );
    }
  },
};
