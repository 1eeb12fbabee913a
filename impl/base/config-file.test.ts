import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { z } from "zod";
import { ConfigError, loadConfig } from "./config-file.ts";

const schema = z.strictObject({ node: z.string(), port: z.number().default(8000) });
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-"));
});
after(() => rm(folder, { recursive: true }));

async function load(text: string | Uint8Array) {
  const path = join(folder, "c.yaml");
  await writeFile(path, text);
  return loadConfig(path, schema);
}

test("loadConfig() gives the parsed value with defaults", async () => {
  assert.deepEqual(await load("node: n1\n"), { node: "n1", port: 8000 });
});

test("loadConfig() says what is wrong in one line with the path", async () => {
  const cases: readonly [string, RegExp][] = [
    ["node: 5\n", /node: expected a string, it is 5; correct it/],
    ["", /expected an object, it is null/],
    ["node: [\n", /it is not YAML: /],
    ["a: *missing\n", /it is not YAML: /],
    ["node: a\nnode: b\n", /it is not YAML: /],
    ["node: a\nnoed: b\n", /unknown key "noed"/],
  ];
  for (const [text, expected] of cases) {
    await assert.rejects(load(text), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, expected);
      assert.ok(error.message.includes(join(folder, "c.yaml")));
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
});

test("loadConfig() says that a missing or unreadable file is so, and what to do", async () => {
  await assert.rejects(loadConfig(join(folder, "none"), schema), /no such file; give the right/);
  await assert.rejects(loadConfig(folder, schema), /EISDIR/);
});
