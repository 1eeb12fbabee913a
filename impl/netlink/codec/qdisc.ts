/** RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC: `struct tcmsg` and TCA_KIND (linux/rtnetlink.h, linux/pkt_sched.h). */
import { eachAttribute, need, readText } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const qdiscTypes = { new: 36, del: 37, get: 38 } as const;

/** TC_H_ROOT, and TC_H_CLSACT, which equals TC_H_INGRESS */
export const qdiscParents = { root: 0xffffffff, clsact: 0xfffffff1 } as const;

const tcaKind = 1;
const tcmsgLength = 20;

export interface QdiscMessage {
  readonly index: number;
  /** major in the upper, minor in the lower 16 bits */
  readonly handle: number;
  readonly parent: number;
  readonly kind?: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function parseQdisc(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): QdiscMessage {
  need(start, end, tcmsgLength);
  const qdisc: Draft<QdiscMessage> = {
    index: bytes.readInt32LE(start + 4),
    handle: bytes.readUInt32LE(start + 8),
    parent: bytes.readUInt32LE(start + 12),
  };
  eachAttribute(bytes, { start: start + tcmsgLength, end }, (type, from, to) => {
    if (type === tcaKind) qdisc.kind = readText(bytes, from, to);
  });
  return qdisc;
}

export function printQdisc(writer: MessageWriter, qdisc: QdiscMessage): void {
  writer.u32(0);
  writer.s32(qdisc.index);
  writer.u32(qdisc.handle);
  writer.u32(qdisc.parent);
  writer.u32(0);
  if (qdisc.kind !== undefined) writer.attributeText(tcaKind, qdisc.kind);
}
