import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { contains, networkOf, parseIp, parsePrefix, printIp, printPrefix } from "./ip-address.ts";

const bytes = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Runs of zeros are what makes IPv6 text hard.
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xab), { minLength: 16, maxLength: 16 })
    .map((values) => Uint8Array.from(values)),
);

test("parseIp() after printIp() is identity, and the text is an address", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = printIp(value) ?? "";
      assert.notEqual(isIP(text), 0);
      assert.deepEqual(parseIp(text), value);
    }),
  );
});

test("printIp() is canonical", () => {
  for (const [text, canonical] of [
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["fe80:0:0:0:0:0:0:0", "fe80::"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
    ["10.0.0.1", "10.0.0.1"],
  ] as const) {
    assert.equal(printIp(parseIp(text) ?? new Uint8Array()), canonical);
  }
});

test("any text is an address as Node says, or none", () => {
  const texts = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.%/]*$/));
  fc.assert(
    fc.property(texts, (text) => {
      const found = parseIp(text)?.length;
      assert.equal(
        found === undefined ? 0 : found === 4 ? 4 : 6,
        text.includes("%") ? 0 : isIP(text),
      );
      const prefix = parsePrefix(text);
      if (prefix !== undefined) assert.deepEqual(parsePrefix(printPrefix(prefix)), prefix);
    }),
  );
});

test("parsePrefix() refuses lengths that are none", () => {
  for (const text of [
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "::/129",
    "::/1e1",
  ]) {
    assert.equal(parsePrefix(text), undefined, text);
  }
  assert.deepEqual(parsePrefix("10.0.0.1"), { family: 4, address: "10.0.0.1", length: 32 });
});

test("a prefix contains its network, its addresses, and no others", () => {
  for (const [prefix, ip, inside] of [
    ["10.0.0.9/24", "10.0.0.200", true],
    ["10.0.0.9/24", "10.0.1.0", false],
    ["10.0.0.0/25", "10.0.0.128", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["0.0.0.0/0", "::1", false],
    ["fd00::/63", "fd00:0:0:1::5", true],
    ["fd00::/63", "fd00:0:0:2::", false],
    ["10.0.0.1/32", "10.0.0.1", true],
  ] as const) {
    const parsed = parsePrefix(prefix);
    assert.ok(parsed);
    assert.equal(contains(parsed, ip), inside, `${ip} in ${prefix}`);
    assert.ok(contains(parsed, networkOf(parsed).address));
  }
});
