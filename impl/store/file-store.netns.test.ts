/** The file store on full and read-only file systems, which need a mount namespace. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { openFileStore } from "./file-store.ts";
import { parseSample } from "./store.contract.ts";
import { StoreError } from "./store.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";
const run = promisify(execFile);

/** A file system of 64 kB, seen in this mount namespace only. */
async function tinyDisk(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tiny-"));
  await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tiny", directory], { timeout: 10_000 });
  t.after(async () => {
    await run("umount", [directory], { timeout: 10_000 });
    await rm(directory, { recursive: true });
  });
  return directory;
}

function isFull(error: unknown): boolean {
  assert.ok(error instanceof StoreError, String(error));
  assert.equal(error.errno, "ENOSPC");
  assert.match(error.message, /no space is left/);
  return true;
}

it("put() on a full disk fails with ENOSPC, keeps the old record, and works again after", {
  skip,
}, async (t) => {
  const disk = await tinyDisk(t);
  const store = await openFileStore(join(disk, "state"), parseSample);
  const old = { n: 1, text: "old" };
  await store.put("a", old);
  await writeFile(join(disk, "ballast"), new Uint8Array(48 * 1024));

  await assert.rejects(store.put("a", { n: 2, text: "x".repeat(40_000) }), isFull);
  await assert.rejects(store.put("b", { n: 2, text: "x".repeat(40_000) }), isFull);
  assert.deepEqual(await readdir(join(disk, "state")), ["a.json"]);
  assert.deepEqual((await store.load()).records, new Map([["a", old]]));

  await rm(join(disk, "ballast"));
  await store.put("a", { n: 3, text: "new" });
  assert.equal((await store.load()).records.get("a")?.n, 3);
});

it("a read-only file system is an error of its own, and its good records still load", {
  skip,
}, async (t) => {
  const disk = await tinyDisk(t);
  const store = await openFileStore(join(disk, "state"), parseSample);
  await store.put("a", { n: 1, text: "" });
  await writeFile(join(disk, "state", "b.json"), "torn");
  await run("mount", ["-o", "remount,ro", disk], { timeout: 10_000 });
  const readOnly = (error: unknown) => error instanceof StoreError && error.errno === "EROFS";
  await assert.rejects(store.put("a", { n: 2, text: "" }), readOnly);
  await assert.rejects(store.delete("a"), readOnly);
  const { records, damaged } = await store.load();
  assert.deepEqual([...records.keys()], ["a"]);
  assert.match(damaged[0]?.reason ?? "", /could not be set aside \(EROFS\)/);
});
