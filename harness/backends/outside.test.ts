/** The variable that tells a process inside of the one outside. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { outsideOf, outsideVariable, printOutside } from "./outside.ts";

test("outsideOf() reads what printOutside() wrote", () => {
  const outside = { process: { pid: 42, startTime: "98765" }, uid: 1000 };
  assert.deepEqual(outsideOf({ [outsideVariable]: printOutside(outside) }), outside);
});

test("outsideOf() is undefined for a process that nobody put inside", () => {
  assert.equal(outsideOf({}), undefined);
});
