/** Calls with exactly one thing wrong, by name: those that must be refused, and odd ones that some plugins may take. */
import fc from "fast-check";
import type { Role } from "../../../core/plugin.ts";
import type { Verb } from "../../../spec/version.ts";
import type { FuzzInput } from "../fuzz-input.ts";
import { badInterfaceNames, badNames } from "./names.ts";

/** what is laid over a valid call */
export type Mutation = Pick<
  FuzzInput,
  "mutation" | "without" | "environment" | "keptShare" | "instead" | "appended"
> & { readonly config?: Readonly<Record<string, unknown>> };

export function mutated(
  calls: fc.Arbitrary<FuzzInput>,
  mutations: fc.Arbitrary<Mutation>,
): fc.Arbitrary<FuzzInput> {
  return fc.tuple(mutations, calls).map(([mutation, call]) => ({
    ...call,
    ...mutation,
    config: { ...call.config, ...mutation.config },
  }));
}

const of = (mutation: string, rest: Omit<Mutation, "mutation">): Mutation => ({
  mutation,
  ...rest,
});

/** stdin that no plugin may take, whatever the verb */
export const badConfigurations: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
    .map((keptShare) => of("it is cut off", { keptShare })),
  fc
    .constantFrom("[]", "5", '"x"', "true", "", " ", "{]", "nul")
    .map((instead) => of("it is no JSON object", { instead })),
  fc
    .constantFrom("{}", "x", "}", "\n[]")
    .map((appended) => of("more follows the document", { appended })),
  fc
    .constantFrom("9.9.9", "1.0", "v1.0.0", "1.0.0 ", "latest", "-1")
    .map((cniVersion) => of("its version is not released", { config: { cniVersion } })),
  fc
    .constantFrom<unknown>(1, true, [], {}, ["1.0.0"])
    .map((cniVersion) => of("its version is no string", { config: { cniVersion } })),
);

/** names that no plugin may take for a verb about one attachment; STATUS and GC need not look at it */
export const badNetworkNames: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant(of("it has no name", { without: ["name"] })),
  fc.constant(of("its name is empty", { config: { name: "" } })),
  badNames.map((name) => of("its name breaks the grammar", { config: { name } })),
  fc
    .constantFrom<unknown>(5, true, [], {}, ["a"])
    .map((name) => of("its name is no string", { config: { name } })),
);

/** variables that a verb cannot do without */
const needed: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
  DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
};

/** environments that no plugin may take for this verb, one of ADD, CHECK, DEL */
export function badEnvironments(verb: Verb, role: Role): fc.Arbitrary<Mutation> {
  const names = needed[verb] ?? [];
  const set = (mutation: string, environment: Record<string, string | null>) =>
    of(mutation, { environment });
  return fc.oneof(
    fc.constantFrom(...names).map((name) => set(`${name} is missing`, { [name]: null })),
    fc.constantFrom(...names).map((name) => set(`${name} is empty`, { [name]: "" })),
    badNames.map((id) => set("CNI_CONTAINERID breaks the grammar", { CNI_CONTAINERID: id })),
    badInterfaceNames.map((name) => set("CNI_IFNAME is no name", { CNI_IFNAME: name })),
    fc
      .constantFrom("add", "FROB", "ADD ", "DELETE")
      .map((command) => set("CNI_COMMAND is unknown", { CNI_COMMAND: command })),
    ...(verb === "ADD" && role === "interface"
      ? [
          fc
            .constantFrom("/nowhere/netns", "nowhere", "/proc", "/etc/passwd")
            .map((path) => set("CNI_NETNS is no namespace", { CNI_NETNS: path })),
        ]
      : []),
  );
}

const oddValues = fc.constantFrom<unknown>(5, -1, 1e300, "x", "", true, null, [], [null], [[]], {});

/** Not surely wrong: a plugin may refuse it in the lawful way, or do what it is asked. */
export const oddMutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .tuple(fc.constantFrom("args", "dns", "runtimeConfig", "capabilities", "prevResult"), oddValues)
    .map(([key, value]) => of(`"${key}" is odd`, { config: { [key]: value } })),
  fc
    .jsonValue({ maxDepth: 4 })
    .map((value) => of("an unknown key is there", { config: { unheardOf: value } })),
  fc.constant(of("it has no version", { without: ["cniVersion"] })),
  fc
    .constantFrom("=", "a", "a=", "=b", "a=b=c", ";;", "IgnoreUnknown=perhaps", "K8S_POD_NAME")
    .map((args) => of("CNI_ARGS is malformed", { environment: { CNI_ARGS: args } })),
  fc
    .constantFrom(null, "", ":", "/nowhere", "relative")
    .map((path) => of("CNI_PATH is odd", { environment: { CNI_PATH: path } })),
  fc.constantFrom("[]", "{}", '{"":{}}').map((text) =>
    of("it is very deep", {
      config: { args: { deep: nested(200, text) } },
    }),
  ),
);

function nested(depth: number, core: string): unknown {
  let value: unknown = core;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
