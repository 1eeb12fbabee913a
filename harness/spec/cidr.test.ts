/** CIDR texts: what is one, and that two texts of one address meet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalAddress, networkOf, parseCidr } from "./cidr.ts";

test("a CIDR keeps its host bits and a canonical address", () => {
  assert.deepEqual(parseCidr("10.1.2.3/24"), { family: 4, address: "10.1.2.3", prefix: 24 });
  assert.deepEqual(parseCidr("FD00:0:0:0::5/64"), { family: 6, address: "fd00::5", prefix: 64 });
});

test("what is no CIDR gives undefined", () => {
  for (const text of [
    "10.1.2.3",
    "10.1.2/24",
    "10.1.2.3/33",
    "::/129",
    "::/ 1",
    "a/8",
    "fe80::1%eth0/64",
  ]) {
    assert.equal(parseCidr(text), undefined, text);
  }
});

test("the network of a CIDR has its host bits cleared", () => {
  assert.equal(networkOf("10.1.2.3/20"), "10.1.0.0/20");
  assert.equal(networkOf("fd00:10:244:1::5/64"), "fd00:10:244:1::/64");
  assert.equal(networkOf("10.1.2.3/0"), "0.0.0.0/0");
  assert.equal(networkOf("::1/0"), "::/0");
});

test("any text is a CIDR or not, never an exception, and addresses are canonical at once", () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.string(), (text) => parseCidr(text) === undefined || text.includes("/")),
  );
  fc.assert(
    fc.property(addresses, fc.nat(32), (address, prefix) => {
      const cidr = parseCidr(`${address}/${prefix}`);
      assert.ok(cidr !== undefined);
      assert.equal(canonicalAddress(cidr.address), cidr.address);
      const network = networkOf(`${address}/${prefix}`);
      assert.ok(network !== undefined && networkOf(network) === network);
    }),
  );
});
