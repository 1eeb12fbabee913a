/** The laws of a store, for each implementation's test to run. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import fc from "fast-check";
import type { Store } from "./store.ts";

/** What the battery stores. */
export interface Sample {
  readonly n: number;
  readonly text: string;
}

export function parseSample(value: unknown): Sample {
  if (typeof value === "object" && value !== null && "n" in value && "text" in value) {
    const { n, text } = value;
    if (typeof n === "number" && typeof text === "string") return { n, text };
  }
  throw new Error("it is no sample");
}

/** A place for records; each `open` is what a restarted process would see. */
export type OpenSamples = () => Promise<Store<Sample>>;

export function storeContract(place: (t: TestContext) => Promise<OpenSamples>): void {
  const all = async (store: Store<Sample>) => {
    const { records, damaged } = await store.load();
    assert.deepEqual(damaged, []);
    return Object.fromEntries(records);
  };
  const one = { n: 1, text: "é\n\u2028" };
  const two = { n: 2, text: "" };

  it("is empty at first", async (t) => {
    const open = await place(t);
    assert.deepEqual(await all(await open()), {});
  });

  it("finds the last record put under each key", async (t) => {
    const open = await place(t);
    const store = await open();
    await store.put("a/b", one);
    await store.put("c", one);
    await store.put("c", two);
    assert.deepEqual(await all(await open()), { "a/b": one, c: two });
  });

  it("forgets what was deleted, and takes the deletion of nothing for success", async (t) => {
    const open = await place(t);
    const store = await open();
    await store.put("a", one);
    await store.put("b", two);
    await store.delete("a");
    await store.delete("a");
    await store.delete("never");
    assert.deepEqual(await all(await open()), { b: two });
  });

  it("keeps the last asked of simultaneous puts and deletes of one key", async (t) => {
    const open = await place(t);
    const store = await open();
    const puts = Array.from({ length: 20 }, (_, n) => store.put("a", { n, text: "x".repeat(n) }));
    await Promise.all([...puts, store.put("b", one), store.delete("b"), store.put("c", two)]);
    assert.deepEqual(await all(await open()), { a: { n: 19, text: "x".repeat(19) }, c: two });
  });

  it("shares nothing with the caller's object", async (t) => {
    const open = await place(t);
    const store = await open();
    const record = { n: 1, text: "before" };
    await store.put("a", record);
    record.text = "after";
    assert.deepEqual(await all(await open()), { a: { n: 1, text: "before" } });
  });

  it("keeps any keys apart", async (t) => {
    const awkward = ["", ".", "..", "a/b", "a%2Fb", "A", "a", "~", "é", "\ud800", "\ud801", "\0"];
    const long = "x".repeat(300);
    const key = fc.oneof(
      fc.constantFrom(...awkward, long, `${long}y`, `${long}/`, ".1-1.tmp", "a.json", "__proto__"),
      fc.string({ unit: "binary" }),
    );
    const keys = fc.uniqueArray(key, { maxLength: 8 });
    const property = fc.asyncProperty(keys, async (given) => {
      const open = await place(t);
      const store = await open();
      await Promise.all(given.map((text, n) => store.put(text, { n, text: "" })));
      const { records, damaged } = await (await open()).load();
      assert.deepEqual(damaged, []);
      assert.deepEqual(records, new Map(given.map((text, n) => [text, { n, text: "" }])));
    });
    await fc.assert(property, { numRuns: 25 });
  });
}
