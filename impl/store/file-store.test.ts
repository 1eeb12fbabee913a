/** The file store keeps the laws of stores, and outlives damaged files and failed writes. */
import assert from "node:assert/strict";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import { inspectFileStore, openFileStore } from "./file-store.ts";
import { fileNameOf, keyOfName, parseRecord, printRecord } from "./record-file.ts";
import { parseSample, storeContract } from "./store.contract.ts";
import { type Damaged, StoreError } from "./store.ts";

const one = { n: 1, text: "x" };

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "store-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "state", "attachments");
}

const open = (directory: string) => openFileStore(directory, parseSample);

describe("openFileStore()", () => {
  storeContract(async (t) => {
    const directory = await folder(t);
    return () => open(directory);
  });

  it("keeps directory and files to its own user, under a name a person can read", async (t) => {
    const directory = await folder(t);
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const store = await open(directory);
    await store.put("podnet/abc/eth0", one);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    const path = join(directory, "podnet%2Fabc%2Feth0.json");
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const file = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(file, { format: 1, key: "podnet/abc/eth0", record: one });
  });

  it("sets damaged files aside, tells why, and loads the others", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    await store.put("good", one);
    const whole = printRecord("x", one);
    const files: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
      "empty.json": ["", /empty/],
      "zeros.json": ["\0".repeat(whole.length), /zeros/],
      "torn.json": [whole.slice(0, whole.length / 2), /cut short/],
      "foreign.json": ['{"name":"x"}', /not a record of this store/],
      "list.json": ["[]", /not a record of this store/],
      "shape.json": [printRecord("shape", { n: "1" }), /no sample/],
      "later.json": ['{"format":2,"key":"later","record":{}}', /format 2/],
      "copy.json": [whole, /the record of "x"/],
    };
    for (const [name, [text]] of Object.entries(files)) {
      await writeFile(join(directory, name), text);
    }
    await mkdir(join(directory, "folder.json"));

    const { records, damaged } = await (await open(directory)).load();
    assert.deepEqual(records, new Map([["good", one]]));
    assert.equal(damaged.length, Object.keys(files).length + 1);
    for (const [name, [text, reason]] of Object.entries(files)) {
      const path = join(directory, `${name}.damaged-1`);
      const found = damaged.find((each) => each.path === path);
      assert.match(found?.reason ?? "", reason, name);
      assert.equal(await readFile(path, "utf8"), text);
    }
  });

  it("reports what was set aside at every later start, until it is forgotten", async (t) => {
    const directory = await folder(t);
    const key = "net/a b/eth0";
    const name = fileNameOf(key);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, name), "{torn");
    await writeFile(join(directory, "by-hand.json"), "");
    const looked = await inspectFileStore(directory, parseSample);
    assert.deepEqual((await readdir(directory)).sort(), ["by-hand.json", name].sort());
    const first = await (await open(directory)).load();
    const byKey = (found: { readonly damaged: readonly Damaged[] }) =>
      found.damaged.map(({ key, reason }) => `${key}: ${reason}`).sort();
    assert.deepEqual(byKey(first), [
      "by-hand: it is empty",
      "net/a b/eth0: it is not JSON, or cut short",
    ]);
    assert.deepEqual(byKey(looked), byKey(first));
    const store = await open(directory);
    const again = await store.load();
    assert.deepEqual(byKey(again), byKey(first));
    assert.deepEqual(await inspectFileStore(directory, parseSample), again);

    await store.forgetDamaged(key);
    const { damaged } = await (await open(directory)).load();
    assert.deepEqual(
      damaged.map(({ key }) => key),
      ["by-hand"],
    );
    assert.deepEqual(await readdir(directory), ["by-hand.json.damaged-1"]);
  });

  it("never overwrites what was set aside before", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    for (const text of ["first", "second"]) {
      await writeFile(join(directory, "a.json"), text);
      await store.load();
    }
    assert.equal(await readFile(join(directory, "a.json.damaged-1"), "utf8"), "first");
    assert.equal(await readFile(join(directory, "a.json.damaged-2"), "utf8"), "second");
  });

  it("removes what a crash left half written, and touches no foreign file", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    await store.put("a", one);
    await writeFile(join(directory, ".77-3.tmp"), '{"half');
    await writeFile(join(directory, "README"), "by hand");
    const { records, damaged } = await store.load();
    assert.deepEqual([...records.keys()], ["a"]);
    assert.deepEqual(damaged, []);
    assert.deepEqual((await readdir(directory)).sort(), ["README", "a.json"]);
  });

  it("keeps the old record and no half of the new one when a put fails", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    await store.put("a", one);
    await mkdir(join(directory, "b.json", "occupied"), { recursive: true });
    // A folder in the way of the rename: the only failure that root is not exempt from.
    await assert.rejects(store.put("b", one), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.errno, "EISDIR");
      return true;
    });
    await assert.rejects(store.put("a", { n: 2n as unknown as number, text: "" }), StoreError);
    assert.deepEqual((await readdir(directory)).sort(), ["a.json", "b.json"]);
    assert.deepEqual((await store.load()).records.get("a"), one);
  });

  it("names the errno of a directory that is gone or in the way", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    await rm(directory, { recursive: true });
    const lost = (error: unknown) => error instanceof StoreError && error.errno === "ENOENT";
    await assert.rejects(store.put("a", one), lost);
    await assert.rejects(store.load(), lost);
    await writeFile(directory, "");
    const blocked = (error: unknown) =>
      error instanceof StoreError && /EEXIST|ENOTDIR/.test(error.errno);
    await assert.rejects(open(join(directory, "below")), blocked);
  });

  it("recovers the record of a file that was copied away and back", async (t) => {
    const directory = await folder(t);
    const store = await open(directory);
    await store.put("a", one);
    await cp(directory, `${directory}-copy`, { recursive: true });
    await chmod(`${directory}-copy`, 0o755);
    assert.deepEqual((await (await open(`${directory}-copy`)).load()).records.get("a"), one);
  });
});

describe("parseRecord()", () => {
  const parse = (value: unknown) => value;

  it("reads what printRecord() wrote, under the name fileNameOf() gave", () => {
    const property = fc.property(fc.string({ unit: "binary" }), fc.jsonValue(), (key, record) => {
      const bytes = Buffer.from(printRecord(key, record));
      const read = parseRecord(fileNameOf(key), bytes, parse);
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(read, { ok: true, key, record: JSON.parse(JSON.stringify(record)) });
      assert.ok(Buffer.byteLength(fileNameOf(key)) < 200);
    });
    fc.assert(property);
  });

  it("keyOfName() gives back the key of every name that holds it whole", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (key) => {
      const name = fileNameOf(key);
      assert.equal(keyOfName(name), name.includes("~") ? undefined : key);
    });
    fc.assert(property);
    fc.assert(fc.property(fc.string(), (text) => void keyOfName(`${text}.json`)));
    assert.equal(keyOfName("a%2fb.json"), undefined);
  });

  it("calls every shorter part of a file, and any other bytes, damaged", () => {
    const whole = Buffer.from(printRecord("a", one));
    for (let length = 0; length < whole.length - 1; length += 1) {
      assert.equal(parseRecord("a.json", whole.subarray(0, length), parse).ok, false);
    }
    const property = fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(parseRecord("a.json", bytes, parse).ok, false);
    });
    fc.assert(property);
  });
});
