import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assemble, instructionLength, type Register, redirectProgram } from "./assemble.ts";

test("redirectProgram() is what a compiler makes of `return bpf_redirect(7, 0)`", () => {
  assert.equal(
    redirectProgram(7, { peer: false }).toString("hex"),
    ["b701000007000000", "b702000000000000", "8500000017000000", "9500000000000000"].join(""),
  );
});

test("redirectProgram() calls bpf_redirect_peer for a peer", () => {
  const program = redirectProgram(0x1234, { peer: true });
  assert.equal(program.readInt32LE(4), 0x1234);
  assert.equal(program.readInt32LE(2 * instructionLength + 4), 155);
});

test("assemble() keeps register and value of every number that fits", () => {
  const registers = fc.integer({ min: 0, max: 10 });
  fc.assert(
    fc.property(registers, fc.integer(), (register, value) => {
      const bytes = assemble([{ op: "set", register: register as Register, value }]);
      assert.equal(bytes.length, instructionLength);
      assert.deepEqual([bytes[0], bytes[1], bytes.readInt16LE(2)], [0xb7, register, 0]);
      assert.equal(bytes.readInt32LE(4), value);
    }),
  );
});
