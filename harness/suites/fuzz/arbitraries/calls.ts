/** Calls that are right by construction: every plugin that speaks the version must be able to live with them. */
import fc from "fast-check";
import type { Plugin } from "../../../core/plugin.ts";
import type { Verb } from "../../../spec/version.ts";
import { type FuzzInput, spellings } from "../fuzz-input.ts";
import { containerIds, interfaceNames, networkNames } from "./names.ts";

const word = fc.string({
  unit: fc.constantFrom(..."abcxyzABC019-_./"),
  minLength: 1,
  maxLength: 12,
});

/** pairs as a kubelet's runtime sends them, in any order */
const cniArgs = fc
  .tuple(
    fc.shuffledSubarray(["K8S_POD_NAME", "K8S_POD_NAMESPACE", "K8S_POD_UID"]),
    fc.array(word, { minLength: 3, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([names, values, last]) => {
    const pairs = names.map((name, i) => `${name}=${values[i]}`);
    const all = last ? [...pairs, "IgnoreUnknown=1"] : ["IgnoreUnknown=1", ...pairs];
    return pairs.length === 0 ? "" : all.join(";");
  });

/** keys that any plugin must accept: args may hold anything, dns is well known */
const freeKeys = fc.record(
  {
    args: fc.dictionary(word, fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    dns: fc.record({ nameservers: fc.constantFrom(["10.0.0.53"], ["fd00::53", "10.0.0.53"]) }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

export function validCalls(
  verb: Verb,
  { versions, ifname }: Pick<Plugin, "versions" | "ifname">,
): fc.Arbitrary<FuzzInput> {
  return fc.record(
    {
      verb: fc.constant(verb),
      // Shrinks towards the newest.
      version: fc.constantFrom(...versions.toReversed()),
      network: networkNames,
      containerId: containerIds,
      // Some plugins are about one interface, such as lo.
      ifname: ifname === undefined ? interfaceNames : fc.constant(ifname),
      cniArgs,
      config: freeKeys,
      spelling: fc.constantFrom(...spellings),
    },
    { noNullPrototype: true },
  );
}
