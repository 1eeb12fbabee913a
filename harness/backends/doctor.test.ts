/** Prerequisites: versions are compared, and what is missing comes with a remedy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkNode, checkPrerequisites } from "./doctor.ts";

test("checkNode() asks for Node 20.19 or later", () => {
  for (const version of ["20.19.0", "20.20.2", "22.0.0"]) {
    assert.equal(checkNode(version).state, "found", version);
  }
  for (const version of ["18.20.0", "20.18.9"]) {
    const { state, remedy } = checkNode(version);
    assert.equal(state, "missing", version);
    assert.match(remedy ?? "", /20\.19/);
  }
});

test("checkPrerequisites() gives every missing thing a remedy, and each a name of its own", async () => {
  const found = await checkPrerequisites();
  for (const { state, remedy, detail, name } of found) {
    assert.notEqual(detail, "", name);
    if (state !== "found") assert.ok(remedy !== undefined || detail.startsWith("cannot"), name);
  }
  assert.equal(new Set(found.map(({ name }) => name)).size, found.length);
});
