import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readConnections } from "./connections.ts";

/** ab 2.3 of Debian 12 */
const report = `Concurrency Level:      1
Time taken for tests:   1.000 seconds
Complete requests:      11250
Failed requests:        0
Requests per second:    11249.94 [#/sec] (mean)
Time per request:       0.089 [ms] (mean)
`;
const csv = `Percentage served,Time in ms
0,0.053
50,0.060
90,0.081
99,0.189
100,8.549
`;

test("what ab prints and writes is read", () => {
  const read = readConnections(report, csv);
  assert.equal(read?.rate, 11_249.94);
  assert.equal(read.percentilesUs.get("50"), 60);
  assert.equal(read.percentilesUs.get("99"), 189);
});

test("failed requests are no measurement", () => {
  assert.equal(
    readConnections(report.replace("requests:        0", "requests:        3"), csv),
    undefined,
  );
});

test("any other text is no measurement", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(report.length), fc.nat(csv.length), (text, cut, cutCsv) => {
      assert.equal(readConnections(text, csv), undefined);
      assert.equal(readConnections(report, text), undefined);
      const part = readConnections(report.slice(0, cut), csv.slice(0, cutCsv));
      assert.ok(part === undefined || Number.isFinite(part.rate));
    }),
  );
});
