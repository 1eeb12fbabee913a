import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { plant, planted, plantedBugs } from "./planted.ts";
import { repository } from "./product.ts";

test("each planted bug has a name of its own, and its text is in the product exactly once", async () => {
  const bugs = plantedBugs();
  assert.equal(new Set(bugs.map(({ name }) => name)).size, bugs.length);
  for (const bug of bugs) {
    const text = await readFile(join(repository, bug.file), "utf8");
    assert.notEqual(planted(text, bug), text, bug.name);
  }
});

test("a text that is missing or there twice is refused", () => {
  const bug = { name: "n", file: "f", find: "x", replace: "y", reason: "r" };
  assert.throws(() => planted("abc", bug), /Cannot plant "n": its text is in f 0 times/);
  assert.throws(() => planted("x x", bug), /its text is in f 2 times/);
  assert.equal(planted("a x b", bug), "a y b");
});

test("plant() makes a copy with the bug in it, which goes away again", async () => {
  const [bug] = plantedBugs();
  assert.ok(bug);
  const copy = await plant(bug.name);
  const text = await readFile(join(copy.root, bug.file), "utf8");
  assert.equal(text, planted(await readFile(join(repository, bug.file), "utf8"), bug));
  await copy[Symbol.asyncDispose]();
  assert.equal(existsSync(copy.root), false);
  await assert.rejects(plant("none-such"), /Cannot plant "none-such": there are /);
});
