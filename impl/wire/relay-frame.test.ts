/** Frames survive any cutting into pieces, and any other bytes are refused by name. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type RelayAnswer,
  type RelayRequest,
  relayGreeting,
  relayMaxEnvironmentBytes,
  relayMaxRequestBytes,
} from "./relay.ts";
import {
  encodeAnswer,
  encodeRequest,
  RelayAnswerReader,
  RelayFrameError,
  RelayRequestReader,
} from "./relay-frame.ts";

const value = fc
  .string({ maxLength: 20, unit: "grapheme" })
  .map((text) => text.replaceAll("\0", ""));
const request: fc.Arbitrary<RelayRequest> = fc.record({
  environment: fc.dictionary(fc.constantFrom("CNI_COMMAND", "CNI_ARGS", "CNI_X", "CNI_"), value, {
    noNullPrototype: true,
  }),
  stdin: fc.uint8Array({ maxLength: 100 }),
});

function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });

function read(bytes: Uint8Array, by: readonly number[] = [bytes.length || 1]): RelayRequest {
  const reader = new RelayRequestReader();
  for (const piece of pieces(bytes, by)) reader.push(piece);
  return reader.end();
}

function fault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof RelayFrameError, String(error));
    return error.fault;
  }
  return "none";
}

describe("RelayRequestReader", () => {
  it("reads what encodeRequest() wrote, however it is cut in pieces", () => {
    const property = fc.property(request, sizes, (given, by) => {
      const got = read(encodeRequest(given), by);
      assert.deepEqual(got.environment, given.environment);
      assert.deepEqual(new Uint8Array(got.stdin), given.stdin);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("gives a request or a RelayFrameError for any bytes", () => {
    const head = Buffer.from(`${relayGreeting}\0`);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ maxLength: 100 }).map((tail) => Buffer.concat([head, tail])),
    );
    const property = fc.property(bytes, sizes, (any, by) => {
      assert.equal(
        fault(() => read(any, by)),
        fault(() => read(any)),
      );
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("takes everything after the empty entry for stdin, NULs included", () => {
    const got = read(Buffer.from(`${relayGreeting}\0CNI_A=\0CNI_B=x=y\0\0\0\0z\0`));
    assert.deepEqual(got.environment, { CNI_A: "", CNI_B: "x=y" });
    assert.deepEqual(Buffer.from(got.stdin).toString(), "\0\0z\0");
    assert.deepEqual(read(Buffer.from(`${relayGreeting}\0\0`)).environment, {});
  });

  it("drops variables that are not CNI's, and the later of two", () => {
    const got = read(Buffer.from(`${relayGreeting}\0__proto__=1\0CNI_A=1\0CNI_A=2\0x\0=\0\0`));
    assert.deepEqual(Object.entries(got.environment), [["CNI_A", "1"]]);
  });

  it("names the fault of bytes that are no call", () => {
    assert.equal(
      fault(() => read(Buffer.from("GET / HTTP/1.1\r\n"))),
      "greeting",
    );
    assert.equal(
      fault(() => read(Buffer.from("OFFLOAD-CNI 2\0\0"))),
      "greeting",
    );
    assert.equal(
      fault(() => read(Buffer.from(relayGreeting))),
      "cut",
    );
    assert.equal(
      fault(() => read(Buffer.from(`${relayGreeting}\0CNI_A=1\0`))),
      "cut",
    );
    const notUtf8 = Buffer.concat([
      Buffer.from(`${relayGreeting}\0CNI_A=`),
      Buffer.from([0xff, 0, 0]),
    ]);
    assert.equal(
      fault(() => read(notUtf8)),
      "environment",
    );
  });

  it("keeps its limits to the byte", () => {
    const environment = (length: number) =>
      encodeRequest({ environment: { CNI_A: "x".repeat(length - 8) }, stdin: new Uint8Array() });
    assert.equal(
      fault(() => read(environment(relayMaxEnvironmentBytes), [1000])),
      "none",
    );
    assert.equal(
      fault(() => read(environment(relayMaxEnvironmentBytes + 1), [1000])),
      "environment",
    );
    const head = encodeRequest({ environment: {}, stdin: new Uint8Array() }).length;
    const whole = (stdin: number) =>
      encodeRequest({ environment: {}, stdin: new Uint8Array(stdin) });
    assert.equal(
      fault(() => read(whole(relayMaxRequestBytes - head), [65536])),
      "none",
    );
    assert.equal(
      fault(() => read(whole(relayMaxRequestBytes - head + 1), [65536])),
      "size",
    );
  });
});

describe("RelayAnswerReader", () => {
  it("gives the answer with its last byte and not before", () => {
    const exitCode = fc.integer({ min: 0, max: 255 });
    const answer = fc.record({ exitCode, stdout: value, stderr: value }, { noNullPrototype: true });
    const property = fc.property(answer, (given) => {
      const bytes = encodeAnswer(given);
      const reader = new RelayAnswerReader();
      let got: RelayAnswer | undefined;
      for (const [at, byte] of bytes.entries()) {
        assert.equal(got, undefined, `complete ${bytes.length - at} bytes early`);
        got = reader.push(Uint8Array.of(byte));
      }
      assert.deepEqual(got, given);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("refuses what has no head", () => {
    for (const bytes of ["x\n", "0 1\n", "-1 0 0\n", "0 -1 0\n", "256 0 0\n", "x".repeat(64)]) {
      assert.equal(
        fault(() => new RelayAnswerReader().push(Buffer.from(bytes))),
        "cut",
        bytes,
      );
    }
  });
});
