/** What shellQuote writes, shellSplit reads back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shellQuote } from "./shell-quote.ts";
import { shellSplit } from "./shell-split.ts";

test("any argv comes back as it was", () => {
  const words = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 6 });
  fc.assert(fc.property(words, (argv) => assert.deepEqual(shellSplit(shellQuote(argv)), argv)));
});

test("any text gives words and never an exception", () => {
  fc.assert(fc.property(fc.string(), (text) => void shellSplit(text)));
});
