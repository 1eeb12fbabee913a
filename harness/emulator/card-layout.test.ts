/** Addresses, names and MACs of an emulated card. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cardLayout, functionAddress, type MacRole, macOf, maxVfs } from "./card-layout.ts";

test("cardLayout() numbers VFs as functions behind the PF, eight to a device", () => {
  const { pfs, vfs } = cardLayout({ node: 2, vfs: 9 });
  assert.deepEqual(pfs, ["0000:03:00.0"]);
  assert.deepEqual(
    [vfs[0], vfs[6], vfs[7]].map((vf) => vf?.pciAddress),
    ["0000:03:00.1", "0000:03:00.7", "0000:03:01.0"],
  );
  assert.deepEqual(vfs[8], {
    pciAddress: "0000:03:01.1",
    pf: 0,
    index: 8,
    netdev: "enp3s0f0v8",
    representor: "rep0v8",
  });
});

test("cardLayout() gives each node an address of the fabric", () => {
  const { fabric } = cardLayout({ node: 12, vfs: 0 });
  assert.deepEqual(fabric, { ipv4: "198.51.100.12/24", ipv6: "2001:db8:fab::c/64" });
});

test("functionAddress() gives every VF of a full card an address of its own, on the next bus when one is full", () => {
  const all = Array.from({ length: maxVfs + 1 }, (_, number) => functionAddress(number));
  assert.equal(new Set(all).size, maxVfs + 1);
  assert.deepEqual(
    [all[255], all[256], all.at(-1)],
    ["0000:03:1f.7", "0000:04:00.0", "0000:06:1f.7"],
  );
});

test("macOf() gives every netdev of a world a locally administered unicast MAC of its own", () => {
  const roles: MacRole[] = ["pf", "vf", "pfRepresentor", "representor", "management", "uplink"];
  const place = fc.record({
    node: fc.integer({ min: 1, max: 254 }),
    role: fc.constantFrom(...roles),
    index: fc.integer({ min: 0, max: maxVfs - 1 }),
    side: fc.constantFrom(0 as const, 1 as const),
  });
  fc.assert(
    fc.property(fc.nat(0xffff), place, place, (seed, one, other) => {
      const mac = macOf({ seed, ...one });
      assert.match(mac, /^02(:[0-9a-f]{2}){5}$/);
      assert.equal(mac, macOf({ seed, ...one }));
      const same = JSON.stringify(one) === JSON.stringify(other);
      assert.equal(mac === macOf({ seed, ...other }), same);
    }),
  );
});
