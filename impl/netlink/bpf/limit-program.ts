/** A BPF program that drops what comes faster than a rate: it keeps the time until which what has passed is paid for. */
import type { RateLimit } from "../kernel.ts";
import { assemble } from "./assemble.ts";

/** of the map's one element: nanoseconds */
export const limitStateLength = 8;

/** A byte takes so many of these parts of a nanosecond: 100 Gbit/s must not be rounded away. */
const fractionBits = 20;
const bitsPerByte = 8n;
const nsPerSecond = 1_000_000_000n;
/** TC_ACT_SHOT, TC_ACT_UNSPEC */
const drop = 2;
const next = -1;

/**
 * `paid` is never further back than the burst lasts. A frame moves it on by the time it takes at the rate, and is dropped
 * instead when that would be later than now. Frames on other processors at the same instant may go uncounted.
 */
export function limitProgram({ bitsPerSecond, burstBytes }: RateLimit, map: number): Buffer {
  const perSecond = BigInt(bitsPerSecond);
  const byteNs = ((bitsPerByte * nsPerSecond) << BigInt(fractionBits)) / perSecond;
  const burstNs = (BigInt(burstBytes) * bitsPerByte * nsPerSecond) / perSecond;
  return assemble([
    { op: "copy", register: 6, from: 1 },
    { op: "storeZero32", pointer: 10, offset: -4 },
    { op: "copy", register: 2, from: 10 },
    { op: "addNumber", register: 2, value: -4 },
    { op: "setMap", register: 1, descriptor: map },
    { op: "call", function: "mapLookup" },
    // The one element is always there, but the kernel wants to see that it was asked.
    { op: "ifZero", register: 0, skip: 18 },
    { op: "copy", register: 7, from: 0 },
    { op: "call", function: "ktimeGetNs" },
    // 8: now; 1: what the frame takes
    { op: "copy", register: 8, from: 0 },
    { op: "load32", register: 1, pointer: 6, offset: 0 },
    { op: "setWide", register: 2, value: byteNs },
    { op: "multiply", register: 1, from: 2 },
    { op: "shiftRight", register: 1, value: fractionBits },
    // 3: paid; 4: the earliest it may be
    { op: "load64", register: 3, pointer: 7, offset: 0 },
    { op: "copy", register: 4, from: 8 },
    { op: "setWide", register: 2, value: burstNs },
    { op: "subtract", register: 4, from: 2 },
    { op: "ifAtLeast", register: 3, from: 4, skip: 1 },
    { op: "copy", register: 3, from: 4 },
    { op: "add", register: 3, from: 1 },
    { op: "ifAbove", register: 3, from: 8, skip: 3 },
    { op: "store64", register: 3, pointer: 7, offset: 0 },
    { op: "set", register: 0, value: next },
    { op: "exit" },
    { op: "set", register: 0, value: drop },
    { op: "exit" },
  ]);
}
