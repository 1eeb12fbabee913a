import assert from "node:assert/strict";
import { test } from "node:test";
import { plantedBugs } from "../install/planted.ts";
import { suites } from "../suites/registry.ts";
import { foundRows } from "./found-rows.ts";

test("each planted bug is found by a check that there is", () => {
  const rows = foundRows();
  const names = plantedBugs().map(({ name }) => name);
  assert.deepEqual(Object.keys(rows).sort(), [...names].sort());
  const ids = new Set(
    suites
      .filter(({ name }) => ["faults", "hostile", "property"].includes(name))
      .map((factory) => factory.create({ pods: 4, nodes: 8, plugins: [] }))
      .flatMap((suite) => suite.checks().map(({ id }) => `${suite.name}/${id}`)),
  );
  const unknown = Object.values(rows).filter(({ check }) => !ids.has(check));
  assert.deepEqual(unknown, []);
});
