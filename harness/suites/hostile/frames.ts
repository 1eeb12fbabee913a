/** Ethernet frames as a hostile host would write them, each with a mark by which it is known again wherever it turns up. */
import { isIPv4 } from "node:net";

/** found anywhere in a frame; it fits into a nonce of neighbour discovery (RFC 7527) */
export const markLength = 6;

/** A new one for each number. */
export function markOf(number: number): Buffer {
  const mark = Buffer.from("hst\0\0\0");
  mark.writeUIntBE(number, 3, 3);
  return mark;
}

export const broadcast = "ff:ff:ff:ff:ff:ff";
export const types = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd, vlan: 0x8100, service: 0x88a8 };

export interface Link {
  readonly src: string;
  readonly dst: string;
}

export function ethernet({ src, dst }: Link, type: number, payload: Uint8Array): Buffer {
  return Buffer.concat([mac(dst), mac(src), half(type), payload]);
}

/** With a VLAN tag before its own type. */
export function tagged(frame: Buffer, type: number, id: number): Buffer {
  return Buffer.concat([frame.subarray(0, 12), half(type), half(id), frame.subarray(12)]);
}

/** A datagram to a port where nobody listens; the family is the addresses'. */
export function udp(link: Link, [src, dst]: readonly [string, string], data: Buffer): Buffer {
  const length = 8 + data.length;
  const datagram = Buffer.concat([half(discard), half(discard), half(length), half(0), data]);
  if (!isIPv4(src))
    return ipv6(link, [src, dst], { next: 17, hops: 64, sumAt: 6, payload: datagram });
  const header = Buffer.alloc(20);
  header.set([0x45, 0]);
  header.writeUInt16BE(20 + length, 2);
  header.set([64, 17], 8);
  header.set(ip(src), 12);
  header.set(ip(dst), 16);
  header.writeUInt16BE(checksum(header), 10);
  return ethernet(link, types.ipv4, Buffer.concat([header, datagram]));
}

/** RFC 863 */
const discard = 9;

/** RFC 826; the mark lies in what fills the frame up. */
export function arp(
  link: Link,
  operation: "request" | "reply",
  {
    sender,
    target,
    mark,
  }: { readonly sender: string; readonly target: string; readonly mark: Buffer },
): Buffer {
  const fill = Buffer.alloc(18);
  fill.set(mark);
  return ethernet(
    link,
    types.arp,
    Buffer.concat([
      ...[Buffer.from("000108000604", "hex"), half(operation === "request" ? 1 : 2)],
      ...[mac(link.src), ip(sender), Buffer.alloc(6), ip(target), fill],
    ]),
  );
}

/** A message of neighbour discovery with the sender's MAC and a nonce. */
export function discovery(
  link: Link,
  what: "solicitation" | "advertisement" | "router",
  { src, target, mark }: { readonly src: string; readonly target: string; readonly mark: Buffer },
): Buffer {
  const nonce = Buffer.concat([Buffer.from([14, 1]), mark]);
  const own = Buffer.concat([Buffer.from([what === "advertisement" ? 2 : 1, 1]), mac(link.src)]);
  const body = {
    solicitation: Buffer.concat([Buffer.from([135, 0, 0, 0, 0, 0, 0, 0]), ip(target)]),
    // Unasked, and to be believed.
    advertisement: Buffer.concat([Buffer.from([136, 0, 0, 0, 0x20, 0, 0, 0]), ip(target)]),
    router: Buffer.concat([Buffer.from([134, 0, 0, 0, 64, 0, 0x07, 0x08]), Buffer.alloc(8)]),
  }[what];
  const payload = Buffer.concat([body, own, nonce]);
  return ipv6(link, [src, "ff02::1"], { next: 58, hops: 255, sumAt: 2, payload });
}

function ipv6(
  link: Link,
  [src, dst]: readonly [string, string],
  {
    next,
    hops,
    sumAt,
    payload,
  }: {
    readonly next: number;
    readonly hops: number;
    readonly sumAt: number;
    readonly payload: Buffer;
  },
): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payload.length, 4);
  header.set([next, hops], 6);
  header.set(ip(src), 8);
  header.set(ip(dst), 24);
  const pseudo = Buffer.concat([
    header.subarray(8),
    half(0),
    half(payload.length),
    half(0),
    half(next),
  ]);
  payload.writeUInt16BE(checksum(Buffer.concat([pseudo, payload])), sumAt);
  return ethernet(link, types.ipv6, Buffer.concat([header, payload]));
}

/** RFC 1071 */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += i + 1 < bytes.length ? bytes.readUInt16BE(i) : bytes.readUInt8(i) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function half(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

function ip(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  const [head = "", tail] = text.split("::");
  const words = (part: string) => (part === "" ? [] : part.split(":"));
  const [before, after] = [words(head), words(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const all = [...before, ...(tail === undefined ? [] : zeros), ...after];
  return Buffer.concat(all.map((word) => half(Number.parseInt(word, 16))));
}
