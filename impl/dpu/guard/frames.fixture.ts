/** Frames for tests of the guard, written from the standards and not from the program that judges them. */
import { parseIp } from "../../netlink/ip-address.ts";

const bytesOf = (mac: string) => Buffer.from(mac.replaceAll(":", ""), "hex");
const ipOf = (address: string) => Buffer.from(parseIp(address) ?? []);
const half = (value: number) => Buffer.from([value >> 8, value & 0xff]);

export const everybody = "ff:ff:ff:ff:ff:ff";

export function ethernet(src: string, type: number, payload: Uint8Array, dst = everybody): Buffer {
  return Buffer.concat([bytesOf(dst), bytesOf(src), half(type), payload]);
}

/** RFC 791, with a datagram of UDP that says `text` */
export function ipv4(src: string, dst: string, text = "hello"): Buffer {
  const data = Buffer.from(text);
  const udp = Buffer.concat([half(4000), half(4000), half(8 + data.length), half(0), data]);
  const header = Buffer.alloc(20);
  header.set([0x45, 0]);
  header.writeUInt16BE(20 + udp.length, 2);
  header.set([64, 17], 8);
  header.set(ipOf(src), 12);
  header.set(ipOf(dst), 16);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return Buffer.concat([header, udp]);
}

/** RFC 826 */
export function arp(operation: 1 | 2, sender: readonly [string, string], target: string): Buffer {
  const [mac, ip] = sender;
  const kinds = Buffer.from("000108000604", "hex");
  return Buffer.concat([
    ...[kinds, half(operation), bytesOf(mac), ipOf(ip), Buffer.alloc(6), ipOf(target)],
    Buffer.alloc(18),
  ]);
}

/** RFC 8200 */
export function ipv6(src: string, dst: string, next: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payload.length, 4);
  header.set([next, 255], 6);
  header.set(ipOf(src), 8);
  header.set(ipOf(dst), 24);
  return Buffer.concat([header, payload]);
}

/** RFC 4861; without a checksum, which no guard looks at */
export function icmp6(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, 0, 0, 0]), body]);
}

export function solicitation(target: string, options: readonly Uint8Array[] = []): Buffer {
  return icmp6(135, Buffer.concat([Buffer.alloc(4), ipOf(target), ...options]));
}

export function advertisement(target: string, options: readonly Uint8Array[] = []): Buffer {
  return icmp6(136, Buffer.concat([Buffer.from([0x60, 0, 0, 0]), ipOf(target), ...options]));
}

/** option 1 (source) or 2 (target) of ND */
export function linkLayer(type: 1 | 2, mac: string): Buffer {
  return Buffer.concat([Buffer.from([type, 1]), bytesOf(mac)]);
}

export function nonce(): Buffer {
  return Buffer.from([14, 1, 1, 2, 3, 4, 5, 6]);
}

/** a header of eight bytes before `next`: 0 hop by hop, 43 routing, 60 destination; 44 an atomic fragment */
export function extension(next: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([next, 0, 0, 0, 0, 0, 0, 0]), payload]);
}
