/** RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR: `struct ifaddrmsg` and its IFA_ attributes (linux/if_addr.h). */
import { eachAttribute, need, readIp, readU32 } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const addressTypes = { new: 20, del: 21, get: 22 } as const;

export const addressFlags = {
  secondary: 0x01,
  nodad: 0x02,
  optimistic: 0x04,
  dadfailed: 0x08,
  homeaddress: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
  mngtmpaddr: 0x100,
  noprefixroute: 0x200,
  autojoin: 0x400,
  "stable-privacy": 0x800,
} as const;

const ifa = { address: 1, local: 2, flags: 8 } as const;
const ifaddrmsgLength = 8;

export interface AddressMessage {
  /** AF_INET 2, AF_INET6 10 */
  readonly family: number;
  readonly prefixLength: number;
  readonly flags: number;
  readonly scope: number;
  readonly index: number;
  /** the link's own address; IPv4 only, and IPv6 with a peer */
  readonly local?: string;
  /** the other end's, or the link's own where `local` is missing */
  readonly address?: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function parseAddress(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): AddressMessage {
  need(start, end, ifaddrmsgLength);
  const address: Draft<AddressMessage> = {
    family: bytes.readUInt8(start),
    prefixLength: bytes.readUInt8(start + 1),
    flags: bytes.readUInt8(start + 2),
    scope: bytes.readUInt8(start + 3),
    index: bytes.readUInt32LE(start + 4),
  };
  eachAttribute(bytes, { start: start + ifaddrmsgLength, end }, (type, from, to) => {
    if (type === ifa.address) address.address = readIp(bytes, from, to);
    if (type === ifa.local) address.local = readIp(bytes, from, to);
    if (type === ifa.flags) address.flags = readU32(bytes, from, to);
  });
  return address;
}

export function printAddress(writer: MessageWriter, address: AddressMessage): void {
  writer.u8(address.family);
  writer.u8(address.prefixLength);
  // Flags above eight bits fit only into the attribute, which wins over this byte.
  writer.u8(address.flags & 0xff);
  writer.u8(address.scope);
  writer.u32(address.index);
  if (address.local !== undefined) writer.attributeIp(ifa.local, address.local);
  if (address.address !== undefined) writer.attributeIp(ifa.address, address.address);
  // Not always: a dump request must not have it.
  if (address.flags > 0xff) writer.attributeU32(ifa.flags, address.flags);
}
