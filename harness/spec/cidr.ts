/** Addresses and prefixes as the specification writes them, and as two texts of one address compare. */
import { isIP } from "node:net";

export interface Cidr {
  readonly family: 4 | 6;
  /** canonical, host bits kept */
  readonly address: string;
  readonly prefix: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const [address, prefix] = [match?.[1], Number(match?.[2])];
  if (address === undefined) return undefined;
  const family = familyOf(address);
  if (family === undefined || prefix > (family === 4 ? 32 : 128)) return undefined;
  return { family, address: canonicalAddress(address), prefix };
}

export function familyOf(address: string): 4 | 6 | undefined {
  const version = address.includes("%") ? 0 : isIP(address);
  return version === 4 || version === 6 ? version : undefined;
}

/** One text per address: RFC 5952 for IPv6, by way of the URL parser. Texts that are no address come back as they are. */
export function canonicalAddress(address: string): string {
  if (familyOf(address) !== 6) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The network of a CIDR, e.g. "10.1.2.3/24" → "10.1.2.0/24"; undefined when it is none. */
export function networkOf(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) return undefined;
  const bits = cidr.family === 4 ? 32 : 128;
  const value = addressValue(cidr);
  const shift = BigInt(bits - cidr.prefix);
  return `${printAddress((value >> shift) << shift, cidr.family)}/${cidr.prefix}`;
}

function addressValue(cidr: Cidr): bigint {
  if (cidr.family === 4) {
    return cidr.address.split(".").reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }
  const [head = "", tail] = cidr.address.split("::");
  const words = (text: string) => (text === "" ? [] : text.split(":"));
  const [front, back] = [words(head), words(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const all = [...front, ...new Array<string>(zeros).fill("0"), ...back];
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

function printAddress(value: bigint, family: 4 | 6): string {
  const [step, count] = family === 4 ? [8n, 4] : [16n, 8];
  const parts = Array.from({ length: count }, (_, i) => {
    const part = (value >> (step * BigInt(count - 1 - i))) & ((1n << step) - 1n);
    return part.toString(family === 4 ? 10 : 16);
  });
  return family === 4 ? parts.join(".") : canonicalAddress(parts.join(":"));
}

/** One text per CIDR; texts that are none come back as they are. */
export function canonicalCidr(text: string): string {
  const cidr = parseCidr(text);
  return cidr === undefined ? text : `${cidr.address}/${cidr.prefix}`;
}
