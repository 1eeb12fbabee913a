import assert from "node:assert/strict";
import { test } from "node:test";
import { Turnstile } from "./turnstile.ts";

test("a turnstile lets so many run at once, and the others in order", async () => {
  const turnstile = new Turnstile(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = (n: number) =>
    turnstile.run(() => {
      begun.push(n);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const all = [0, 1, 2, 3].map(work);
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.();
  await all[1];
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const n of [0, 2]) ends[n]?.();
  await new Promise(setImmediate);
  ends[3]?.();
  await Promise.all(all);
});

test("work that fails or gives up waiting leaves its place", async () => {
  const turnstile = new Turnstile(1);
  let end = () => {};
  const first = turnstile.run(() => new Promise<void>((resolve) => (end = resolve)));
  const impatient = new AbortController();
  let ran = false;
  const second = turnstile.run(async () => {
    ran = true;
  }, impatient.signal);
  const third = turnstile.run(() => Promise.reject(new Error("it fails")));
  impatient.abort(new Error("no time"));
  await assert.rejects(second, /no time/);
  end();
  await first;
  await assert.rejects(third, /it fails/);
  assert.equal(ran, false);
  assert.equal(await turnstile.run(async () => 5, impatient.signal).catch(() => "never"), "never");
  assert.equal(await turnstile.run(async () => 5), 5);
});
