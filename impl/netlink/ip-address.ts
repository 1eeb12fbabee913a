/** IP addresses and prefixes between text and the bytes of the wire; text out is canonical (RFC 5952). */
import { isIP, isIPv4 } from "node:net";
import type { Family } from "./kernel.ts";

export interface Prefix {
  readonly family: Family;
  /** canonical text, host bits kept */
  readonly address: string;
  readonly length: number;
}

/** undefined: not an IP address (zones such as "%eth0" included) */
export function parseIp(text: string): Uint8Array | undefined {
  const family = text.includes("%") ? 0 : isIP(text);
  if (family === 4) return Uint8Array.from(text.split("."), Number);
  return family === 6 ? parseIpv6(text) : undefined;
}

function parseIpv6(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (isIPv4(group)) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** undefined: neither 4 nor 16 bytes */
export function printIp(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join(".");
  return bytes.length === 16 ? printIpv6(bytes) : undefined;
}

function printIpv6(bytes: Uint8Array): string {
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  const zeros = longestZeros(words);
  // IPv4-mapped addresses end in dotted form.
  if (zeros.start === 0 && zeros.length === 5 && words[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join(".")}`;
  }
  const print = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (zeros.length < 2) return print(words);
  return `${print(words.slice(0, zeros.start))}::${print(words.slice(zeros.start + zeros.length))}`;
}

/** the longest run of zero words, the first of equals */
function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= words.length; i++) {
    if (i < words.length && words[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}

/** undefined: not an address with an optional prefix length; without one it is a host prefix */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const bits = bytes.length * 8;
  const digits = slash < 0 ? String(bits) : text.slice(slash + 1);
  const length = /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(length <= bits)) return undefined;
  return { family: bits === 32 ? 4 : 6, address: printIp(bytes) ?? "", length };
}

export function printPrefix(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`;
}

export function familyOf(ip: string): Family {
  return ip.includes(":") ? 6 : 4;
}

/** `prefix` with its host bits cleared */
export function networkOf(prefix: Prefix): Prefix {
  const bytes = parseIp(prefix.address) ?? new Uint8Array();
  const masked = bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefix.length - i * 8));
    return byte & (0xff00 >> kept);
  });
  return { ...prefix, address: printIp(masked) ?? "" };
}

/** whether `ip` lies in `prefix`; addresses of the other family never do */
export function contains(prefix: Prefix, ip: string): boolean {
  if (familyOf(ip) !== prefix.family) return false;
  return networkOf({ ...prefix, address: ip }).address === networkOf(prefix).address;
}
