/** The laws of selection, and what a bad pattern says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exactPattern, parseSelection } from "./select.ts";

const name = fc.stringMatching(/^[A-Za-z0-9.+()-]{1,12}$/);
const check = fc.record({ suite: name, id: name, title: fc.string({ maxLength: 20 }) });
const word = fc.constantFrom("ADD", "ipv6", "^smoke/", "tcp|udp", ".", "^$", "[0-9]", "DEL$");

test("without patterns everything is selected", () => {
  fc.assert(fc.property(check, ({ suite, ...one }) => parseSelection([]).selects(suite, one)));
});

test("an exclusion wins over every inclusion, whatever the order", () => {
  fc.assert(
    fc.property(check, fc.array(word), fc.array(word), ({ suite, ...one }, includes, excludes) => {
      const hit = (patterns: readonly string[]) =>
        patterns.some(
          (p) => new RegExp(p).test(`${suite}/${one.id}`) || new RegExp(p).test(one.title),
        );
      const expected = (includes.length === 0 || hit(includes)) && !hit(excludes);
      const not = excludes.map((pattern) => `!${pattern}`);
      assert.equal(parseSelection([...includes, ...not]).selects(suite, one), expected);
      assert.equal(parseSelection([...not, ...includes]).selects(suite, one), expected);
    }),
  );
});

test("the exact pattern of a check selects it by name and no other", () => {
  fc.assert(
    fc.property(check, check, (one, other) => {
      const selection = parseSelection([exactPattern(one.suite, one.id)]);
      assert.ok(selection.selects(one.suite, { id: one.id, title: "" }));
      const same = one.suite === other.suite && one.id === other.id;
      assert.equal(selection.selects(other.suite, { id: other.id, title: "" }), same);
    }),
  );
});

test("any text is a selection or a UsageError of one line", () => {
  fc.assert(
    fc.property(fc.string(), (pattern) => {
      try {
        parseSelection([pattern]).selects("a", { id: "b", title: "c" });
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.equal(error.name, "UsageError");
        assert.doesNotMatch(error.message, /\n/);
      }
    }),
  );
});

test("an empty pattern is refused, also after the exclamation mark", () => {
  for (const pattern of ["", "!"]) {
    assert.throws(() => parseSelection([pattern]), /the pattern of --test is empty/);
  }
});
