import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { syncDirectory } from "./durable.ts";

test("syncs of a folder asked for while one runs are one, which begins after all of them asked", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "durable-"));
  const { open } = fs.promises;
  const seen: string[] = [];
  let asked = 0;
  fs.promises.open = async (...args) => {
    seen.push(`begun for ${asked}`);
    return open(...args);
  };
  syncBuiltinESMExports();
  t.after(async () => {
    fs.promises.open = open;
    syncBuiltinESMExports();
    await rm(folder, { recursive: true });
  });
  const ask = async () => {
    asked += 1;
    await syncDirectory(folder);
    seen.push("done");
  };
  await Promise.all([ask(), ask(), ask()]);
  assert.deepEqual(seen, ["begun for 1", "done", "begun for 3", "done", "done"]);
  await ask();
  assert.deepEqual(seen.slice(5), ["begun for 4", "done"]);
});

test("a sync that fails fails for all who share it, and not for the next", async () => {
  const missing = join(tmpdir(), "durable-missing");
  const results = await Promise.allSettled([1, 2, 3].map(() => syncDirectory(missing)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  await syncDirectory(tmpdir());
});
