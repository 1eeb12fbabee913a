import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRange } from "./ip-range.ts";
import { createIpam, type Ipam } from "./ipam.ts";

function ipamOf(...ranges: readonly string[]): Ipam {
  return createIpam(ranges.map(parseRange));
}

function all(ipam: Ipam, family: 4 | 6): readonly string[] {
  const got: string[] = [];
  for (let one = ipam.reserve(family); one !== undefined; one = ipam.reserve(family)) got.push(one);
  return got;
}

test("reserve() never gives network, broadcast and the DPU's own address of IPv4", () => {
  const ipam = ipamOf("10.0.0.8/29");
  assert.deepEqual(ipam.own, [{ family: 4, address: "10.0.0.9" }]);
  assert.deepEqual(all(ipam, 4), ["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14"]);
});

test("reserve() of IPv6 uses the last address, which is no broadcast", () => {
  assert.deepEqual(all(ipamOf("fd00::/126"), 6), ["fd00::2", "fd00::3"]);
});

test("reserve() goes on to the next range of the family, and knows no family without a range", () => {
  const ipam = ipamOf("10.0.0.0/30", "10.9.0.0/30");
  assert.deepEqual(all(ipam, 4), ["10.0.0.2", "10.9.0.2"]);
  assert.equal(ipam.reserve(6), undefined);
  assert.deepEqual(ipam.families, [4]);
});

test("a released address comes back last, the longest released first", () => {
  const ipam = ipamOf("10.0.0.0/29");
  const [first = "", second = ""] = [ipam.reserve(4), ipam.reserve(4)];
  ipam.release(second);
  ipam.release(first);
  assert.deepEqual(all(ipam, 4), ["10.0.0.4", "10.0.0.5", "10.0.0.6", second, first]);
});

test("an address released before reserve() ever came to it is given last too", () => {
  const ipam = ipamOf("10.0.0.0/29");
  ipam.claim("10.0.0.2");
  ipam.release("10.0.0.2");
  assert.equal(ipam.reserve(4), "10.0.0.3");
});

test("claim() takes an address once, in any spelling, and accepts one outside the ranges", () => {
  const ipam = ipamOf("fd00::/126");
  assert.equal(ipam.claim("fd00:0::2"), true);
  assert.equal(ipam.claim("fd00::2"), false);
  assert.equal(ipam.claim("10.7.7.7"), true);
  assert.deepEqual(all(ipam, 6), ["fd00::3"]);
});

test("free() counts each family, a /64 with the largest number that is exact", () => {
  const ipam = ipamOf("10.0.0.0/29", "fd00::/64");
  assert.deepEqual(ipam.free(), { ipv4: 5, ipv6: Number.MAX_SAFE_INTEGER });
  ipam.reserve(4);
  ipam.claim("10.0.0.1");
  assert.equal(ipam.free().ipv4, 4);
});

type Step =
  | { readonly kind: "reserve" }
  | { readonly kind: "claim"; readonly last: number }
  | { readonly kind: "release"; readonly nth: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("reserve" as const) }), weight: 3 },
  fc.record({ kind: fc.constant("claim" as const), last: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ kind: fc.constant("release" as const), nth: fc.nat(20) }),
);

test("no order of calls gives an address twice, loses one, or miscounts", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ipam = ipamOf("10.0.0.0/28");
      const used = new Set<string>();
      const isUsable = (address: string) => {
        const last = Number(address.split(".")[3]);
        return last >= 2 && last <= 14;
      };
      for (const one of steps) {
        if (one.kind === "reserve") {
          const free = 13 - [...used].filter(isUsable).length;
          const address = ipam.reserve(4);
          assert.equal(address === undefined, free === 0);
          if (address === undefined) continue;
          assert.ok(isUsable(address) && !used.has(address), address);
          used.add(address);
        } else if (one.kind === "claim") {
          const address = `10.0.0.${one.last}`;
          assert.equal(ipam.claim(address), !used.has(address));
          used.add(address);
        } else {
          const address = [...used][one.nth];
          if (address === undefined) continue;
          ipam.release(address);
          used.delete(address);
        }
        assert.equal(ipam.free().ipv4, 13 - [...used].filter(isUsable).length);
      }
    }),
  );
});
