import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { asRequest, isRequestId, requestId } from "./request-id.ts";

test("a request keeps its id over every wait, apart from others and from outside", async () => {
  assert.equal(requestId(), undefined);
  const seen = await Promise.all(
    [1, 2].map(() =>
      asRequest(async (id) => {
        await setImmediate();
        return [id, requestId()];
      }),
    ),
  );
  for (const [id, later] of seen) {
    assert.ok(isRequestId(id));
    assert.equal(later, id);
  }
  assert.notEqual(seen[0]?.[0], seen[1]?.[0]);
  assert.equal(requestId(), undefined);
  for (const text of ["", "xyz", "0123456", "0123456\n", 5]) assert.equal(isRequestId(text), false);
});
