/** The two laws of each message codec: reading back what was printed, and surviving any bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MalformedMessage } from "./malformed-message.ts";
import { MessageWriter } from "./message-writer.ts";

export interface Codec<T> {
  readonly name: string;
  readonly messages: fc.Arbitrary<T>;
  readonly print: (writer: MessageWriter, message: T) => void;
  readonly parse: (bytes: Buffer, bounds: { start: number; end: number }) => T;
}

export function codecLaws<T>({ name, messages, print, parse }: Codec<T>): void {
  const printed = (message: T) => {
    const writer = new MessageWriter();
    print(writer, message);
    return Buffer.from(writer.view());
  };
  const parsed = (bytes: Buffer) => parse(bytes, { start: 0, end: bytes.length });

  test(`${name}: parse after print is identity`, () => {
    fc.assert(
      fc.property(messages, (message) => assert.deepEqual(parsed(printed(message)), message)),
    );
  });

  test(`${name}: any bytes give a message or MalformedMessage`, () => {
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(fc.property(any, (bytes) => survives(() => parsed(bytes))));
  });

  test(`${name}: a message with damaged bytes gives a message or MalformedMessage`, () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(0xff)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(messages, damage, fc.nat(), (message, changes, cut) => {
        const bytes = printed(message);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        survives(() => parsed(bytes.subarray(0, bytes.length - (cut % 8))));
      }),
    );
  });
}

export function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof MalformedMessage, `${error}`);
  }
}
