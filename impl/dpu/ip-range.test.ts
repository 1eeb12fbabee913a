import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { overlaps, parseAddress, parseRange, printAddress } from "./ip-range.ts";

const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

test("printAddress() and parseAddress() are inverse, and print addresses", () => {
  fc.assert(fc.property(ipv4, (value) => parseAddress(printAddress(value, 4)) === value));
  fc.assert(fc.property(ipv6, (value) => parseAddress(printAddress(value, 6)) === value));
  fc.assert(fc.property(ipv6, (value) => isIP(printAddress(value, 6)) === 6));
});

test("parseRange() gives the first and last address", () => {
  const range = parseRange("fd00:10:244:1::/64");
  assert.equal(range.cidr, "fd00:10:244:1::/64");
  assert.equal(printAddress(range.last, 6), "fd00:10:244:1:ffff:ffff:ffff:ffff");
  assert.equal(printAddress(parseRange("10.1.2.8/29").last, 4), "10.1.2.15");
});

test("parseRange() of any text gives a range or an Error of one line", () => {
  const nearly = fc.stringMatching(/^[0-9a-f.:]{0,12}\/?[0-9]{0,3}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      try {
        const { first, last } = parseRange(text);
        assert.ok(first <= last);
      } catch (error) {
        assert.ok(error instanceof Error && error.name === "Error");
        assert.match(error.message, /^it .*$/);
      }
    }),
  );
});

test("parseRange() refuses host bits and says what to write", () => {
  assert.throws(() => parseRange("10.1.2.3/24"), /it has host bits, write 10.1.2.0\/24/);
  assert.throws(() => parseRange("10.1.2.0"), /it is not a range/);
});

test("overlaps() is true for shared addresses of one family only", () => {
  const [wide, narrow, other] = ["10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16"].map(parseRange);
  assert.ok(wide && narrow && other);
  assert.equal(overlaps(wide, narrow), true);
  assert.equal(overlaps(narrow, wide), true);
  assert.equal(overlaps(narrow, other), false);
  assert.equal(overlaps(parseRange("::/0"), wide), false);
});
