/** Generated code is checked in: it must come from the .proto files that stand beside it, and nobody may edit it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const remedy = "run: npm run proto";

async function files(folder: string, ending: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

async function sums(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, "proto/gen/SHA256SUMS"), "utf8");
  return new Map(
    text
      .trim()
      .split("\n")
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
}

test("each .proto file and each generated file is as it was when the code was generated", async () => {
  const recorded = await sums();
  const protos = await files("proto", ".proto");
  const generated = await files("proto/gen", ".ts");
  assert.deepEqual([...recorded.keys()].sort(), [...protos, ...generated].sort(), remedy);
  for (const [path, sum] of recorded) {
    const now = createHash("sha256")
      .update(await readFile(join(root, path)))
      .digest("hex");
    assert.equal(now, sum, `${path} has changed since the code was generated; ${remedy}`);
  }
});

test("each .proto file has its generated file", async () => {
  const generated = await files("proto/gen", ".ts");
  for (const path of await files("proto", ".proto")) {
    const wanted = join("proto/gen", relative("proto", path).replace(/\.proto$/, ".ts"));
    assert.ok(generated.includes(wanted), `${wanted} is missing; ${remedy}`);
  }
});
