import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readRoundTrips } from "./sockperf.ts";

/** sockperf 3.7 of Debian 12 */
const printed = `sockperf: [Total Run] RunTime=1.002 sec; Warm up time=400 msec; SentMessages=22539; ReceivedMessages=22538
sockperf: [Valid Duration] RunTime=0.500 sec; SentMessages=10465; ReceivedMessages=10000
sockperf: ====> avg-rtt=52.477 (std-dev=461.345)
sockperf: ---> percentile 99.900 = 5329.099
sockperf: ---> percentile 99.000 =  994.934
sockperf: ---> percentile 50.000 =   14.010
`;

test("what sockperf prints is read", () => {
  const read = readRoundTrips(printed);
  assert.equal(read?.rate, 20_000);
  assert.deepEqual(
    [...read.percentilesUs],
    [
      ["99.9", 5329.099],
      ["99", 994.934],
      ["50", 14.01],
    ],
  );
});

test("any other text is no measurement", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(printed.length), (text, cut) => {
      assert.equal(readRoundTrips(text), undefined);
      const part = readRoundTrips(printed.slice(0, cut));
      assert.ok(part === undefined || Number.isFinite(part.rate));
    }),
  );
});
