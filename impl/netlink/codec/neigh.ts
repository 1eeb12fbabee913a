/** RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH: `struct ndmsg` and its NDA_ attributes (linux/neighbour.h). */
import { eachAttribute, need, readIp, readMac } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const neighTypes = { new: 28, del: 29, get: 30 } as const;

export const neighStates = {
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const;

/** NTF_PROXY */
export const proxyFlag = 0x08;

const nda = { dst: 1, lladdr: 2 } as const;
const ndmsgLength = 12;

export interface NeighMessage {
  readonly family: number;
  readonly index: number;
  readonly state: number;
  readonly flags: number;
  readonly type: number;
  readonly dst?: string;
  readonly lladdr?: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function parseNeigh(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): NeighMessage {
  need(start, end, ndmsgLength);
  const neigh: Draft<NeighMessage> = {
    family: bytes.readUInt8(start),
    index: bytes.readInt32LE(start + 4),
    state: bytes.readUInt16LE(start + 8),
    flags: bytes.readUInt8(start + 10),
    type: bytes.readUInt8(start + 11),
  };
  eachAttribute(bytes, { start: start + ndmsgLength, end }, (type, from, to) => {
    if (type === nda.dst) neigh.dst = readIp(bytes, from, to);
    if (type === nda.lladdr) neigh.lladdr = readMac(bytes, from, to);
  });
  return neigh;
}

export function printNeigh(writer: MessageWriter, neigh: NeighMessage): void {
  writer.u8(neigh.family);
  writer.u8(0);
  writer.u16(0);
  writer.s32(neigh.index);
  writer.u16(neigh.state);
  writer.u8(neigh.flags);
  writer.u8(neigh.type);
  if (neigh.dst !== undefined) writer.attributeIp(nda.dst, neigh.dst);
  if (neigh.lladdr !== undefined) writer.attributeMac(nda.lladdr, neigh.lladdr);
}
