/** Names by the grammars of the specification: networks, containers, interfaces, and ones that break them. */
import fc from "fast-check";

const alphanumeric = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const further = [...alphanumeric, "_", ".", "-"];

function byGrammar(mostCharacters: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...alphanumeric),
      fc.string({ unit: fc.constantFrom(...further), maxLength: mostCharacters - 1 }),
    )
    .map(([first, rest]) => first + rest);
}

/** The text bounds no length; file names of plugins do. */
export const networkNames = byGrammar(40);
export const containerIds = byGrammar(80);

/** names that the kernel keeps for itself */
const kernelNames = ["lo", "all", "default"];

/** The text allows more, such as "@"; tools that plugins are built on do not. */
export const interfaceNames = byGrammar(15).filter((name) => !kernelNames.includes(name));

/** Outside the grammar of networks and containers, and not empty. */
export const badNames = fc.constantFrom("a/b", "../a", "-a", ".a", "_a", "a b", "a\tb", "ü", "a,b");

export const badInterfaceNames = fc.constantFrom(
  ...["sixteen-chars-xx", "a/b", "a:b", "a b", "a\tb", ".", ".."],
);
