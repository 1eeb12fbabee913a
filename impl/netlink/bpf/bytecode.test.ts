import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { printBytecode, readBytecode } from "./bytecode.ts";

const anInstruction = fc.tuple(
  fc.nat(0xffff),
  fc.nat(0xff),
  fc.nat(0xff),
  fc.integer({ min: 0, max: 0xffffffff }),
);

test("what is printed is read, with and without a comma at the end", () => {
  fc.assert(
    fc.property(fc.array(anInstruction, { minLength: 1, maxLength: 20 }), (all) => {
      const text = [all.length, ...all.map((one) => one.join(" "))].join(",");
      const bytes = readBytecode(text);
      assert.ok(bytes);
      assert.equal(printBytecode(bytes), text);
      assert.deepEqual(readBytecode(`${text},`), bytes);
    }),
  );
});

test("any other text is no program", () => {
  for (const text of [
    ...["", "0", "0,", "1", "1,", "2,6 0 0 0", "1,6 0 0", "1,6 0 0 0,6 0 0 0", "1,6 0 0 0 0"],
    ...[
      "1,65536 0 0 0",
      "1,6 256 0 0",
      "1,6 0 256 0",
      "1,6 0 0 4294967296",
      "1,6 0 0 -1",
      "1,6 0 0 0,,",
    ],
  ]) {
    assert.equal(readBytecode(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void readBytecode(text)));
});
