/** Reads netlink attributes (type, length, payload; linux/netlink.h `struct nlattr`) in place, without copying. */
import { endianness } from "node:os";
import { printIp } from "../ip-address.ts";
import { printMac } from "../mac-address.ts";
import { MalformedMessage } from "./malformed-message.ts";

// Netlink speaks host order. The product's hosts and cards are x86-64 and arm64.
if (endianness() !== "LE") throw new Error("Cannot speak netlink: this machine is big-endian");

/** NLA_F_NESTED and NLA_F_NET_BYTEORDER are no part of the type. */
const typeMask = 0x3fff;

/** Calls `visit` with the type and the payload's bounds of each attribute between `start` and `end`. */
export function eachAttribute(
  bytes: Buffer,
  bounds: { readonly start: number; readonly end: number },
  visit: (type: number, start: number, end: number) => void,
): void {
  let at = bounds.start;
  // Up to three bytes of padding may remain.
  while (at + 4 <= bounds.end) {
    const length = bytes.readUInt16LE(at);
    const end = at + length;
    if (length < 4 || end > bounds.end) {
      throw new MalformedMessage(`Cannot read attribute at ${at}: its length is ${length}`);
    }
    visit(bytes.readUInt16LE(at + 2) & typeMask, at + 4, end);
    at += (length + 3) & ~3;
  }
}

export function readU8(bytes: Buffer, start: number, end: number): number {
  need(start, end, 1);
  return bytes.readUInt8(start);
}

export function readU16(bytes: Buffer, start: number, end: number): number {
  need(start, end, 2);
  return bytes.readUInt16LE(start);
}

export function readU32(bytes: Buffer, start: number, end: number): number {
  need(start, end, 4);
  return bytes.readUInt32LE(start);
}

export function readS32(bytes: Buffer, start: number, end: number): number {
  need(start, end, 4);
  return bytes.readInt32LE(start);
}

/** text up to the first NUL */
export function readText(bytes: Buffer, start: number, end: number): string {
  const nul = bytes.indexOf(0, start);
  return bytes.toString("utf8", start, nul < 0 || nul > end ? end : nul);
}

export function readMac(bytes: Buffer, start: number, end: number): string {
  return printMac(bytes.subarray(start, end));
}

export function readIp(bytes: Buffer, start: number, end: number): string {
  const text = printIp(bytes.subarray(start, end));
  if (text !== undefined) return text;
  throw new MalformedMessage(`Cannot read address at ${start}: it has ${end - start} bytes`);
}

/** Makes sure of `size` bytes between `start` and `end`. */
export function need(start: number, end: number, size: number): void {
  if (end - start >= size) return;
  throw new MalformedMessage(`Cannot read ${size} bytes at ${start}: ${end - start} are there`);
}
