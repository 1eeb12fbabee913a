import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { u16, u32 } from "./arbitraries.ts";
import { survives } from "./codec.laws.ts";
import { eachMessage, type Message, parseAnswer } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

function all(bytes: Buffer): Message[] {
  const found: Message[] = [];
  eachMessage(bytes, bytes.length, (message) => found.push(message));
  return found;
}

test("messages written one after another are read back, payload and all", () => {
  const payload = fc.uint8Array();
  const headers = fc.record(
    { type: u16, flags: u16, sequence: u32, payload },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(headers, { maxLength: 5 }), (written) => {
      const writer = new MessageWriter();
      for (const { payload, ...header } of written) {
        writer.message(header, () => {
          for (const byte of payload) writer.u8(byte);
        });
      }
      const bytes = Buffer.from(writer.view());
      const read = all(bytes).map(({ start, end, ...header }) => ({
        ...header,
        payload: new Uint8Array(bytes.subarray(start, end)),
      }));
      assert.deepEqual(read, written);
    }),
  );
});

test("any bytes are messages and answers, or MalformedMessage", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (raw) => {
      const bytes = Buffer.from(raw);
      survives(() => all(bytes));
      const message = { type: 2, flags: 0x300, sequence: 1, start: 0, end: bytes.length };
      for (const type of [2, 3]) survives(() => parseAnswer(bytes, { ...message, type }));
      survives(() => parseAnswer(bytes, { ...message, flags: 0x200 }));
    }),
  );
});

test("a refusal is read with the kernel's text, whether the request is echoed whole or not", () => {
  for (const capped of [true, false]) {
    const writer = new MessageWriter();
    writer.message({ type: 2, flags: capped ? 0x300 : 0x200, sequence: 9 }, () => {
      writer.s32(-17);
      writer.u32(24);
      for (let i = 0; i < (capped ? 3 : 5); i++) writer.u32(0);
      writer.attributeU32(2, 16);
      writer.attributeText(1, "Address already assigned.");
    });
    const bytes = writer.view();
    const [message] = all(bytes);
    assert.ok(message);
    assert.deepEqual(parseAnswer(bytes, message), {
      errno: 17,
      text: "Address already assigned.",
    });
  }
});
