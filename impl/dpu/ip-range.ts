/** Ranges of addresses, and addresses as numbers, for both families. */
import { parseIp, parsePrefix, printIp } from "../netlink/ip-address.ts";
import type { Family } from "../netlink/kernel.ts";

export interface IpRange {
  readonly family: Family;
  /** canonical, without host bits */
  readonly cidr: string;
  readonly first: bigint;
  readonly last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** Throws an Error whose message is the state: `it has host bits, write 10.0.0.0/24`. */
export function parseRange(text: string): IpRange {
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  if (prefix === undefined) {
    throw new Error("it is not a range such as 10.244.1.0/24 or fd00:10:244:1::/64");
  }
  const { family, length } = prefix;
  const value = parseAddress(prefix.address);
  const size = 1n << BigInt(bits[family] - length);
  const first = value - (value % size);
  const cidr = `${printAddress(first, family)}/${length}`;
  if (first !== value) throw new Error(`it has host bits, write ${cidr}`);
  return { family, cidr, first, last: first + size - 1n };
}

export function overlaps(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Throws when `address` is none. */
export function parseAddress(address: string): bigint {
  const bytes = parseIp(address);
  if (bytes === undefined) throw new Error(`"${address}" is not an IP address`);
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

/** The canonical text (RFC 5952). */
export function printAddress(value: bigint, family: Family): string {
  const bytes = new Uint8Array(bits[family] / 8);
  for (let i = bytes.length - 1, rest = value; i >= 0; i--, rest >>= 8n) {
    bytes[i] = Number(rest & 255n);
  }
  return printIp(bytes) ?? "";
}
