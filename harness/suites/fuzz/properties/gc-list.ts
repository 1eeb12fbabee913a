/** For every list of attachments: GC succeeds with a valid one, and answers lawfully to a wrong one. */
import fc from "fast-check";
import { gcKeys } from "../../../runtime/derive.ts";
import { verbExists } from "../../../spec/version.ts";
import { validCalls } from "../arbitraries/calls.ts";
import { containerIds, interfaceNames } from "../arbitraries/names.ts";
import { type Edit, edited, type FuzzInput } from "../fuzz-input.ts";
import { called, mustAnswer, mustSucceed } from "../lawful.ts";
import type { FuzzProperty } from "../property.ts";

const lists = fc.array(
  fc.record({ containerID: containerIds, ifname: interfaceNames }, { noNullPrototype: true }),
  { maxLength: 4 },
);

const wrong = fc.constantFrom<unknown>(5, "x", true, {}, [5], [null], [[]], { a: 1 });
const edits: fc.Arbitrary<{ readonly mutation: string; readonly edit: Edit }> = fc
  .tuple(fc.constantFrom<Edit["at"]>([], [0], [0, "containerID"], [0, "ifname"]), wrong)
  .map(([at, value]) => ({
    mutation: `the list's ${at.length === 0 ? "type" : at.join(".")} is wrong`,
    edit: { at, value },
  }));

export const gcList: FuzzProperty = {
  id: "gc-list",
  title: "GC takes any list of attachments it never saw, and survives a wrong one",
  section: "2 GC",
  since: "1.1.0",
  share: 0.5,
  inputs({ versions }) {
    const own = versions.filter((version) => verbExists("GC", version));
    return fc
      .tuple(
        validCalls("GC", { versions: own }),
        lists,
        fc.oneof({ withCrossShrink: true }, fc.constant({}), edits),
      )
      .map(
        ([call, list, edit]): FuzzInput => ({
          ...call,
          ...edit,
          config: { ...call.config, [gcKeys[0]]: list },
        }),
      );
  },
  async holds(input, kit) {
    const given = input.config[gcKeys[0]];
    const list = input.edit === undefined ? given : edited(given, input.edit);
    const keys = Object.fromEntries(gcKeys.map((key) => [key, list]));
    const ran = await kit.run({ ...input, config: { ...input.config, ...keys } });
    if (input.mutation === undefined) mustSucceed(ran, "GC");
    else mustAnswer(ran, called(input));
  },
};
