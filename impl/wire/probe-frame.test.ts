import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { probeFrame, probeFrameOf } from "./probe-frame.ts";

const token = fc.uint8Array({ minLength: 1, maxLength: 32 });
const number = fc.integer({ min: 0, max: 0xffffffff });

test("a probe frame says which VF it is from, to who knows its token alone", () => {
  fc.assert(
    fc.property(token, token, number, number, (own, other, pf, index) => {
      const frame = probeFrame("02:00:00:00:00:01", own, { pf, index });
      assert.ok(frame.length >= 60);
      assert.equal(frame.toString("hex", 0, 14), "ffffffffffff02000000000188b5");
      assert.deepEqual(probeFrameOf(frame, own), { pf, index });
      const isPrefix = Buffer.from(own).subarray(0, other.length).equals(other);
      if (!isPrefix && own.length >= other.length)
        assert.equal(probeFrameOf(frame, other), undefined);
    }),
  );
});

test("any bytes are a probe frame or none", () => {
  fc.assert(fc.property(fc.uint8Array(), token, (frame, own) => void probeFrameOf(frame, own)));
  assert.equal(probeFrameOf(Buffer.alloc(60), new Uint8Array()), undefined);
});
