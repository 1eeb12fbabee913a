/** What the program of the guard lets pass and what not, frame by frame, run here as the kernel would run it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Frame, interpretClassic } from "../../netlink/bpf/interpret-classic.ts";
import { antiSpoofProgram, deliveryProgram } from "./anti-spoof.ts";
import * as f from "./frames.fixture.ts";
import {
  advert,
  foreign,
  ip4,
  ip4b,
  mac,
  nd,
  other,
  own,
  ownMac,
  sources,
  types,
  v6,
} from "./judged-frames.fixture.ts";

const program = antiSpoofProgram(sources);

const judged = (frame: Frame, by = program) =>
  ({ 2: "dropped", 4294967295: "passes" })[interpretClassic(by, frame)] ?? "unclear";

for (const [what, bytes] of Object.entries(own)) {
  test(`${what} passes`, () => assert.equal(judged({ bytes }), "passes"));
}

for (const [what, bytes] of Object.entries(foreign)) {
  test(`${what} is dropped`, () => assert.equal(judged({ bytes }), "dropped"));
}

test("whatever passes is dropped with a VLAN tag", () => {
  for (const bytes of Object.values(own)) {
    assert.equal(judged({ bytes, isTagged: true }), "dropped");
  }
});

test("any link-local address passes where the pod may choose, and the router's advertisement does not", () => {
  const by = antiSpoofProgram({ ...sources, anyLinkLocal: true });
  const chosen = "fe80::1234:5678:9abc:def0";
  assert.equal(judged({ bytes: v6(chosen, 17, Buffer.alloc(16)) }, by), "passes");
  assert.equal(judged({ bytes: nd(chosen, f.advertisement(chosen, [ownMac])) }, by), "passes");
  assert.equal(judged({ bytes: nd(chosen, advert) }, by), "dropped");
  assert.equal(judged({ bytes: v6("fec0::1", 17, Buffer.alloc(16)) }, by), "dropped");
});

test("a program is its own sources', not those of another port with as many addresses", () => {
  const kinds = sources.addresses.map((one) => (one.includes(":") ? 6 : 4)).join("");
  const same = {
    ...sources,
    mac: "02:00:00:00:00:99",
    addresses: kinds.split("").map((kind, i) => (kind === "4" ? `10.9.9.${i}` : `fd99::${i}`)),
  };
  const by = antiSpoofProgram(same);
  assert.notEqual(by, program);
  for (const bytes of Object.values(own)) assert.equal(judged({ bytes }, by), "dropped");
  assert.equal(antiSpoofProgram(sources), program);
});

test("a program for so many addresses that jumps are far judges the same", () => {
  const many = Array.from({ length: 200 }, (_, i) => `fd00::${i.toString(16)}:1`);
  const by = antiSpoofProgram({ ...sources, addresses: [...many, ...sources.addresses] });
  for (const bytes of Object.values(own)) assert.equal(judged({ bytes }, by), "passes");
  for (const bytes of Object.values(foreign)) assert.equal(judged({ bytes }, by), "dropped");
});

test("the program ends on every frame with one of two answers, and never lets another's source pass", () => {
  const frames = [...Object.values(own), ...Object.values(foreign)];
  const damage = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(fc.nat(frames.length - 1), damage, fc.nat(60), (which, changes, cut) => {
      const bytes = Buffer.from(frames[which] ?? []);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const frame = bytes.subarray(0, Math.max(14, bytes.length - cut));
      const verdict = judged({ bytes: frame });
      assert.notEqual(verdict, "unclear");
      if (verdict === "dropped") return;
      assert.equal(frame.toString("hex", 6, 12), mac.replaceAll(":", ""));
      const kind = frame.readUInt16BE(12);
      assert.ok(kind === types.ipv4 || kind === types.arp || kind === types.ipv6);
      if (kind !== types.ipv4) return;
      assert.ok([ip4, ip4b].includes([...frame.subarray(26, 30)].join(".")));
    }),
    { numRuns: 2_000 },
  );
});

test("what is for the pod or for many is shown it, and nothing else", () => {
  const by = deliveryProgram(mac);
  const to = (dst: string) =>
    judged({ bytes: f.ethernet(other, types.ipv4, f.ipv4(ip4, ip4b), dst) }, by);
  assert.equal(to(mac), "passes");
  assert.equal(to(f.everybody), "passes");
  assert.equal(to("33:33:00:00:00:01"), "passes");
  assert.equal(to(other), "dropped");
  assert.equal(to("02:aa:00:00:00:ff"), "dropped");
});
