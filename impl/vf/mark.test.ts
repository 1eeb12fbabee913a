import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keyDigest, type Mark, parseMark, printMark } from "./mark.ts";

const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length });
const mac = fc
  .array(hex(2), { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.join("")).join(":"));
const mark: fc.Arbitrary<Mark> = fc.record({
  pciAddress: fc.constantFrom("0000:03:00.1", "ffff:ff:1f.7"),
  owner: hex(16).map((digits) => digits.join("")),
  generation: fc.integer({ min: 1, max: 999_999_999_999_999 }),
  pristine: fc.record({
    name: fc.constantFrom("eth0", "enp3s0f0v0", "é", "123456789012345"),
    address: mac,
    mtu: fc.integer({ min: 68, max: 65535 }),
    up: fc.boolean(),
    promisc: fc.constant(false),
    allmulticast: fc.constant(false),
    txQueueLen: fc.integer({ min: 0, max: 100_000 }),
    alias: fc.constant(""),
    altNames: fc.constant([]),
    multicast: fc.constant(true),
    arp: fc.constant(true),
    group: fc.constant(0),
    xdp: fc.constant(""),
  }),
});

test("a mark is read back as it was printed, and fits into an alias", () => {
  fc.assert(
    fc.property(mark, (each) => {
      assert.deepEqual(parseMark(printMark(each)), structuredClone(each));
      assert.ok(Buffer.byteLength(printMark(each)) < 256);
    }),
  );
});

test("an alias of somebody else is no mark", () => {
  assert.equal(parseMark(undefined), undefined);
  assert.equal(parseMark(""), undefined);
  assert.equal(parseMark("offload-cni"), undefined);
  fc.assert(fc.property(fc.string(), (alias) => assert.equal(parseMark(alias), undefined)));
});

test("keyDigest() tells attachments apart in each part of their key", () => {
  const key = { network: "n", containerId: "c", ifname: "i" };
  const others = [
    key,
    { ...key, network: "m" },
    { ...key, containerId: "d" },
    { ...key, ifname: "j" },
  ];
  assert.equal(new Set(others.map(keyDigest)).size, others.length);
});
