/** Loading a configuration list: versions, flags, and plugin objects beside the file (RT-02, RT-03, RT-04). */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadNetwork, parseNetwork, pickVersion } from "./network.ts";

const parse = (list: unknown) => parseNetwork(JSON.stringify(list), []);

test("plugin objects beside the file are appended unless loadOnlyInlinedPlugins is true (RT-03)", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "network-"));
  t.after(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, "net"));
  await writeFile(join(directory, "net", "10.conf"), '{"type":"beside"}');
  const path = join(directory, "net.conflist");
  const list = { name: "net", cniVersion: "1.1.0", plugins: [{ type: "inline" }] };
  const types = async () => {
    const loaded = await loadNetwork(path, []);
    return loaded.ok ? loaded.network.plugins.map(({ type }) => type) : loaded.reason;
  };
  await writeFile(path, JSON.stringify(list));
  assert.deepEqual(await types(), ["inline", "beside"]);
  await writeFile(path, JSON.stringify({ ...list, loadOnlyInlinedPlugins: true }));
  assert.deepEqual(await types(), ["inline"]);
});

test("a list without plugins, and one with a bad name, are refused (RT-03, RT-16)", async () => {
  assert.equal((await parse({ name: "net", plugins: [] })).ok, false);
  assert.equal((await parse({ name: "net", loadOnlyInlinedPlugins: true })).ok, false);
  assert.equal((await parse({ name: "../net", plugins: [{ type: "a" }] })).ok, false);
});

test("disableCheck and disableGC are read as booleans or words (RT-01, RT-02)", async () => {
  const loaded = await parse({
    name: "n",
    plugins: [{ type: "a" }],
    disableCheck: "true",
    disableGC: true,
  });
  assert.ok(loaded.ok && loaded.network.disableCheck && loaded.network.disableGC);
  const not = await parse({ name: "n", plugins: [{ type: "a" }], disableCheck: "false" });
  assert.ok(not.ok && !not.network.disableCheck && !not.network.disableGC);
});

test("the highest version that the runtime supports is picked (RT-04)", () => {
  assert.equal(pickVersion("0.4.0", ["1.0.0", "9.0.0", "0.3.1"]), "1.0.0");
  assert.equal(pickVersion(undefined, ["1.1.0"]), "1.1.0");
  assert.equal(pickVersion(undefined, []), "0.1.0");
});
