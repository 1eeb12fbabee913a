/** Exploring over a plugin that is a function: what is found, shrunk, replayed and run first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Called } from "../conformance/plugin-call.ts";
import { explore } from "./explore.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import type { Kit } from "./kit.ts";
import { badConfiguration } from "./properties/bad-configuration.ts";
import { delAnyResult } from "./properties/del-any-result.ts";

const plugin = { versions: ["0.4.0", "1.0.0", "1.1.0"] };

interface Said {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly leaks?: boolean;
}

/** A kit whose plugin refuses everything, unless `says` has another answer. */
function kitOf(says: (input: FuzzInput) => Said | undefined): Kit & { readonly ran: FuzzInput[] } {
  const lines: string[] = [];
  const ran: FuzzInput[] = [];
  return {
    ran,
    netns: "/run/netns/a",
    attached: {},
    async run(input): Promise<Called> {
      ran.push(input);
      const { exitCode = 1, stdout = "", leaks = false } = says(input) ?? {};
      if (leaks) lines.push(`file ${lines.length}`);
      const evidence = {
        ...{ kind: "command" as const, argv: ["p"], environment: {}, stdin: "", stderr: "" },
        ...{ durationMs: 1, exitCode, stdout },
      };
      return exitCode === 0
        ? { evidence, answer: { kind: "success", violations: [] } }
        : { evidence, answer: { kind: "error", code: 7, msg: "no", violations: [] } };
    },
    attach: async () => {},
    renew: async () => {},
    state: async () => [...lines],
  };
}

const options = {
  inputs: badConfiguration.inputs(plugin),
  saved: [],
  seed: 42,
  runs: 200,
  signal: AbortSignal.timeout(60_000),
};
const acceptsBadNames = (input: FuzzInput): Said | undefined =>
  input.mutation === "its name breaks the grammar" ? { exitCode: 0 } : undefined;

test("a plugin that refuses everything is not refuted by bad configurations", async () => {
  assert.equal(
    await explore(
      badConfiguration,
      kitOf(() => undefined),
      options,
    ),
    undefined,
  );
});

test("a counterexample is shrunk to the smallest call, and replays by its seed and path", async () => {
  const found = await explore(badConfiguration, kitOf(acceptsBadNames), options);
  assert.ok(found?.path !== undefined);
  assert.match(found.message, /where its name breaks the grammar should fail, it exited with 0/);
  const { network, containerId, ifname, cniArgs, version } = found.input;
  assert.deepEqual([network, containerId, cniArgs, version], ["a", "a", "", "1.1.0"]);
  assert.equal(ifname.length, 1);
  const kit = kitOf(acceptsBadNames);
  const again = await explore(badConfiguration, kit, { ...options, path: found.path });
  assert.deepEqual(again?.input, found.input);
  assert.deepEqual(kit.ran[0], found.input);
});

test("a saved counterexample runs before anything else, and alone when it still fails", async () => {
  const found = await explore(badConfiguration, kitOf(acceptsBadNames), options);
  assert.ok(found);
  const kit = kitOf(acceptsBadNames);
  const saved = [{ file: "x.json", input: found.input }];
  const first = await explore(badConfiguration, kit, { ...options, seed: 1, saved });
  assert.equal(first?.file, "x.json");
  assert.deepEqual(kit.ran, [found.input]);
});

test("a call that leaves something behind is found among many that do not", async () => {
  const leaky = (input: FuzzInput): Said => ({ leaks: input.mutation === "it has no name" });
  const found = await explore(badConfiguration, kitOf(leaky), options);
  assert.equal(found?.input.mutation, "it has no name");
  assert.match(found.message, /should leave nothing behind: \+ file/);
});

test("a valid prevResult that makes DEL fail is found", async () => {
  const inputs = delAnyResult.inputs(plugin);
  const found = await explore(
    delAnyResult,
    kitOf(() => undefined),
    { ...options, inputs },
  );
  assert.match(found?.message ?? "", /DEL of what was never attached should succeed/);
});
