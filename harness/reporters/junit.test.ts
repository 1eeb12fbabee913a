/** JUnit XML: well formed whatever the checks say, and nothing lost on the way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CheckRecord } from "../core/record.ts";
import { junitXml } from "./junit.ts";
import { readXml } from "./read-xml.ts";
import { sampleCheck, sampleRecord } from "./sample-record.ts";

const kinds = ["passed", "failed", "finding", "skipped", "blocked", "notApplicable"] as const;

test("any text in any place gives XML that reads back with as many testcases", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("]]>", "<a b='", "\u0000\u001b[31m", "\ud800"),
  );
  const check = fc.record({
    id: text,
    title: text,
    message: text,
    actual: text,
    outcome: fc.constantFrom(...kinds),
  });
  fc.assert(
    fc.property(fc.array(check, { maxLength: 5 }), (checks) => {
      const record = sampleRecord(checks.map((one) => sampleCheck(one)));
      const cases = readXml(junitXml(record)).filter(({ name }) => name === "testcase");
      assert.equal(cases.length, checks.length);
      cases.forEach(({ attributes }, i) => {
        const want = `${checks[i]?.id} ${checks[i]?.title}`;
        // Only what XML cannot say may differ.
        if (/^[\w .\n\t"'<>&]*$/.test(want)) assert.equal(attributes["name"], want);
      });
    }),
  );
});

test("each outcome has its element, and the counts agree", () => {
  const checks = kinds.map((outcome) => sampleCheck({ id: outcome, outcome, message: "why" }));
  const elements = readXml(junitXml(sampleRecord(checks)));
  const count = (name: string) => elements.filter((element) => element.name === name).length;
  assert.deepEqual([count("failure"), count("error"), count("skipped")], [1, 1, 2]);
  const suites = elements.find(({ name }) => name === "testsuites")?.attributes;
  assert.deepEqual(
    [suites?.["tests"], suites?.["failures"], suites?.["errors"], suites?.["skipped"]],
    ["6", "1", "1", "2"],
  );
});

test("a run that could not run is an error, not an empty success", () => {
  const record = { ...sampleRecord([]), verdict: "couldNotRun" as const, reason: "no veth" };
  const error = readXml(junitXml(record)).find(({ name }) => name === "error");
  assert.deepEqual(error?.attributes, { message: "no veth", type: "couldNotRun" });
});

test("a failure's text has the values, the log and the command to repeat it", () => {
  const check: CheckRecord = sampleCheck({
    outcome: "failed",
    expected: "1",
    actual: "2",
    log: ["seen"],
  });
  const failure = readXml(junitXml(sampleRecord([check]))).find(({ name }) => name === "failure");
  assert.equal(failure?.text, "why\nexpected: 1\nactual: 2\nseen\nagain: dnc run s");
});
