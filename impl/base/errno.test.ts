import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errnoOf } from "./errno.ts";

test("errnoOf() names a system error, and nothing else", () => {
  assert.throws(
    () => readFileSync("/does/not/exist"),
    (error) => errnoOf(error) === "ENOENT",
  );
  for (const other of [undefined, null, 5, "ENOENT", new Error("x"), { code: 5 }]) {
    assert.equal(errnoOf(other), undefined);
  }
});
