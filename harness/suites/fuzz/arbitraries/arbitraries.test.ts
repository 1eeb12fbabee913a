/** What the generators promise: valid is valid, wrong is wrong in what its name says, and all of it is plain data. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { resultFaults } from "../../../spec/result-rules.ts";
import { edited, type FuzzInput, fuzzInput, netnsMark } from "../fuzz-input.ts";
import { fuzzProperties } from "../properties/all.ts";
import { spell } from "../spell.ts";
import { validCalls } from "./calls.ts";
import { badConfigurations, mutated } from "./mutated-calls.ts";
import { interfaceNames } from "./names.ts";
import { resultEdits, resultOf, resultParts } from "./results.ts";

const plugin = { versions: ["0.3.1", "0.4.0", "1.0.0", "1.1.0"] };
const versions = fc.constantFrom(...plugin.versions);
const base = { cniVersion: "1.1.0", name: "n", type: "t", text: 'a"b\\c\u0001é', flag: true };

test("a valid result keeps every rule of its version", () => {
  fc.assert(
    fc.property(versions, interfaceNames, resultParts, (version, ifname, parts) => {
      const result = resultOf(parts, { version, ifname });
      assert.deepEqual(resultFaults(result, { version, ifname, netns: netnsMark }), []);
    }),
  );
});

test("an edit changes one place of a result and leaves the original alone", () => {
  fc.assert(
    fc.property(resultParts, resultEdits, (parts, { edit }) => {
      const result = resultOf(parts, { version: "1.1.0", ifname: "eth0" });
      const before = JSON.stringify(result);
      const after = edited(result, edit);
      assert.equal(JSON.stringify(result), before);
      const top = edit.at[0];
      if (top === undefined) return assert.deepEqual(after, edit.value);
      for (const [key, value] of Object.entries(Object(result))) {
        if (key !== String(top)) assert.deepEqual(Object(after)[key], value);
      }
    }),
  );
});

test("every spelling of a configuration means the same", () => {
  fc.assert(
    fc.property(
      validCalls("ADD", plugin),
      fc.jsonValue({ stringUnit: "grapheme" }),
      (call, value) => {
        const config = { ...base, value };
        const plain = JSON.parse(JSON.stringify(config));
        assert.deepEqual(JSON.parse(spell(config, call)), plain);
      },
    ),
  );
});

test("a configuration that is cut off, replaced or followed by more is never a whole JSON object", () => {
  const broken = mutated(validCalls("ADD", plugin), badConfigurations).filter(
    ({ keptShare, instead, appended }) => (keptShare ?? instead ?? appended) !== undefined,
  );
  fc.assert(
    fc.property(broken, (input) => {
      const text = spell(base, input);
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return;
      }
      assert.ok(typeof value !== "object" || Array.isArray(value), text);
    }),
  );
});

for (const property of fuzzProperties) {
  test(`an input of ${property.id} comes back from JSON as it was`, () => {
    fc.assert(
      fc.property(property.inputs(plugin), (input) => {
        const back: FuzzInput = fuzzInput.parse(JSON.parse(JSON.stringify(input)));
        assert.equal(JSON.stringify(back), JSON.stringify(fuzzInput.parse(input)));
      }),
      { numRuns: 50 },
    );
  });
}
