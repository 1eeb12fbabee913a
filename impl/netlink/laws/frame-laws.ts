/** Laws of frames: what is sent into one end of a pair is heard at the other, by who listens for its protocol. */
import assert from "node:assert/strict";
import type { HeardFrame, Listener } from "../kernel.ts";
import { type Bench, lawOf, pairUp } from "./law.ts";
import type { LawWorld } from "./law-world.ts";

/** IEEE 802, local experimental */
const protocol = 0x88b5;
const frame = Buffer.concat([
  Buffer.from("ffffffffffff02000000000188b5", "hex"),
  Buffer.alloc(46, 7),
]);

export function frameLaws(world: LawWorld): void {
  const law = lawOf(world);

  law("a frame is heard at the other end, by its protocol and by any", async (bench) => {
    const { a, b } = bench;
    await pairUp(bench);
    using ours = await b.listen(protocol);
    using all = await b.listen("any");
    using other = await b.listen(0x88b6);
    using near = await a.listen("any");
    const expected = { link: "right", frame: frame.toString("hex"), isOutgoing: false };
    assert.deepEqual(await heard(bench, ours), expected);
    assert.deepEqual(await heard(bench, all), expected);
    assert.deepEqual(await heard(bench, near), { ...expected, link: "left", isOutgoing: true });
    assert.deepEqual(other.take(), []);
  });

  law("who stopped listening hears nothing more", async (bench) => {
    const { b } = bench;
    await pairUp(bench);
    const listener = await b.listen(protocol);
    await heard(bench, listener);
    listener[Symbol.dispose]();
    listener[Symbol.dispose]();
    await bench.a.sendFrame("left", frame);
    using after = await b.listen(protocol);
    await heard(bench, after);
    assert.deepEqual(listener.take(), []);
  });
}

/** Sends until it is heard: a link that just got its carrier drops what it is given. */
async function heard(
  { a }: Bench,
  listener: Listener,
): Promise<Omit<HeardFrame, "frame"> & { readonly frame: string }> {
  for (const endMs = Date.now() + 10_000; Date.now() < endMs; ) {
    await a.sendFrame("left", frame);
    const found = listener.take().find((one) => frame.equals(one.frame));
    if (found !== undefined) return { ...found, frame: Buffer.from(found.frame).toString("hex") };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return assert.fail("no frame was heard in 10 s");
}
