import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { parseShape } from "./shape.ts";

const schema = z.strictObject({
  node: z.string().min(1),
  agent: z.object({ address: z.string() }),
  ranges: z.array(z.string()).default([]),
  level: z.enum(["info", "debug"]).optional(),
  tls: z.union([z.object({ insecure: z.literal(true) }), z.object({ ca: z.string() })]).optional(),
});

const good = { node: "n", agent: { address: "a" } };

function reason(value: unknown): string {
  const shape = parseShape(schema, value);
  return shape.ok ? "ok" : shape.reason;
}

test("parseShape() gives the value with defaults when the shape fits", () => {
  assert.deepEqual(parseShape(schema, good), { ok: true, value: { ...good, ranges: [] } });
});

test("parseShape() names the path and quotes what is there", () => {
  const at = (change: object) => reason({ ...good, ...change });
  assert.equal(at({ agent: { address: 5 } }), "agent.address: expected a string, it is 5");
  assert.equal(at({ agent: {} }), "agent.address: expected a string, it is missing");
  assert.equal(at({ agent: null }), "agent: expected an object, it is null");
  assert.equal(at({ ranges: ["x", 1] }), "ranges[1]: expected a string, it is 1");
  assert.equal(at({ nodes: 1 }), 'unknown key "nodes"');
  assert.equal(at({ level: "loud" }), 'level: expected "info" or "debug", it is "loud"');
  assert.match(at({ node: "" }), /^node: .*, it is ""$/);
  assert.equal(at({ tls: { ca: 1 } }), "tls.insecure: expected true, it is missing");
  assert.equal(reason([]), "expected an object, it is []");
});

test("parseShape() says what a value is that cannot become a string", () => {
  const odd: object = Object.assign(Object.create(null), { big: 1n });
  const shape = parseShape(z.string(), odd);
  assert.deepEqual(shape, { ok: false, reason: "expected a string, it is [object Object]" });
});

test("parseShape() answers any value with one line", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true }), (value) => {
      const shape = parseShape(schema, value);
      assert.ok(shape.ok || !shape.reason.includes("\n"));
    }),
  );
});
