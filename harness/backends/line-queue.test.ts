/** Lines survive any cut of the bytes and any delay of the reader. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineQueue } from "./line-queue.ts";

async function all(queue: LineQueue): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of queue.lines()) lines.push(line);
  return lines;
}

test("LineQueue gives the same lines however the bytes were cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: "grapheme" }).map((line) => line.replace(/\n/g, "")),
        {
          minLength: 1,
        },
      ),
      fc.integer({ min: 1, max: 7 }),
      async (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const queue = new LineQueue();
        for (let at = 0; at < bytes.length; at += size) queue.push(bytes.subarray(at, at + size));
        queue.end();
        assert.deepEqual(await all(queue), lines);
      },
    ),
  );
});

test("LineQueue keeps what was said before anybody asked, and goes on for a second reader", async () => {
  const queue = new LineQueue();
  queue.push(Buffer.from("one\ntwo\nthr"));
  for await (const line of queue.lines()) {
    assert.equal(line, "one");
    break;
  }
  const rest = all(queue);
  queue.push(Buffer.from("ee\nfour"));
  queue.end();
  assert.deepEqual(await rest, ["two", "three", "four"]);
});
