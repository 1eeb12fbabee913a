import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "./announce.ts";

const mac = "02:00:00:00:00:2a";

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

test("an IPv4 address is announced by a gratuitous ARP request, byte for byte", () => {
  assert.equal(
    hex(announcement(mac, "10.244.1.5")),
    [
      "ffffffffffff02000000002a0806", // Ethernet: broadcast, from the VF, ARP
      "0001080006040001", // Ethernet, IPv4, request
      "02000000002a0af40105", // sender
      "0000000000000af40105", // target: the same address
    ].join(""),
  );
});

test("an IPv6 address is announced by an unsolicited neighbour advertisement, byte for byte", () => {
  assert.equal(
    hex(announcement(mac, "fd00:10:244:1::5")),
    [
      "33330000000102000000002a86dd", // Ethernet: all nodes, from the VF, IPv6
      "6000000000203aff", // 32 bytes of ICMPv6, hop limit 255
      "fd000010024400010000000000000005", // from the address itself
      "ff020000000000000000000000000001", // to all nodes
      "880055c020000000", // advertisement, checksum, override
      "fd000010024400010000000000000005", // target
      "020102000000002a", // target link-layer address
    ].join(""),
  );
});

test("the checksum of an advertisement makes the sum over pseudo-header and message all ones", () => {
  for (const address of ["fd00::1", "::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"]) {
    const packet = announcement(mac, address).subarray(14);
    const pseudo = [...packet.subarray(8, 40), 0, 0, 0, 32, 0, 0, 0, 58];
    const words = [...pseudo, ...packet.subarray(40)];
    let sum = 0;
    for (let i = 0; i < words.length; i += 2) sum += (words[i] ?? 0) * 256 + (words[i + 1] ?? 0);
    while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
    assert.equal(sum, 0xffff);
  }
});

test("what is no address or MAC is refused", () => {
  assert.throws(() => announcement("02:00", "10.0.0.1"), RangeError);
  assert.throws(() => announcement(mac, "10.0.0.1/32"), RangeError);
});
