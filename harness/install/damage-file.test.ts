/** Each damage is what its name says, and none leaves a file as it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { damages } from "../core/faults.ts";
import { damaged } from "./damage-file.ts";

const record = Buffer.from(`{\n  "format": 1,\n  "key": "a/b",\n  "record": {"format":1}\n}\n`);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

test("every damage changes a record", () => {
  for (const damage of damages) assert.notEqual(text(damaged(record, damage)), text(record));
});

test("a record of the future is one format further, in all its parts", () => {
  const future = JSON.parse(text(damaged(record, "future")));
  assert.deepEqual(future, { format: 2, key: "a/b", record: { format: 2 } });
  assert.match(text(damaged(Buffer.from("tuned"), "future")), /"format":99,"was":"tuned"/);
});

test("zeros are as long as the record, half is its first half", () => {
  assert.deepEqual([...damaged(record, "zeros")], new Array(record.length).fill(0));
  assert.ok(text(record).startsWith(text(damaged(record, "half"))));
});
