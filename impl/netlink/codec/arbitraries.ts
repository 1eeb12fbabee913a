/** fast-check arbitraries for the codec's tests: texts, addresses, numbers as the wire can carry them. */
import fc from "fast-check";
import { printIp } from "../ip-address.ts";
import { printMac } from "../mac-address.ts";

export const u8 = fc.nat(0xff);
export const u16 = fc.nat(0xffff);
export const u32 = fc.nat(0xffffffff);
export const s32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });

/** without NUL, which ends a text on the wire, and without what UTF-8 cannot say */
export const text = fc
  .string({ unit: "grapheme", maxLength: 40 })
  .filter((value) => !value.includes("\0") && Buffer.from(value).toString() === value);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

export const mac = fc.uint8Array({ maxLength: 20 }).map(printMac);

export const ip = fc.oneof(bytes(4), bytes(16)).map((value) => printIp(value) ?? "");

/** Each optional key is there or not; undefined values do not occur. */
export function message<T>(required: Shape, optional: Shape): fc.Arbitrary<T> {
  return fc.record(
    { ...required, ...optional },
    { requiredKeys: Object.keys(required), noNullPrototype: true },
  ) as fc.Arbitrary<T>;
}

type Shape = Readonly<Record<string, fc.Arbitrary<unknown>>>;
