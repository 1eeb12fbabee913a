/** RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC: `struct tcmsg` TCA_KIND and TCA_STATS2 (linux/rtnetlink.h, linux/gen_stats.h). */
import { eachAttribute, need, readText, readU32 } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const qdiscTypes = { new: 36, del: 37, get: 38 } as const;

/** TC_H_ROOT, and TC_H_CLSACT, which equals TC_H_INGRESS */
export const qdiscParents = { root: 0xffffffff, clsact: 0xfffffff1 } as const;

const tca = { kind: 1, statistics: 7 } as const;
/** struct gnet_stats_queue: qlen, backlog, drops, requeues, overlimits */
const statisticsOfQueue = { type: 3, length: 20, drops: 8 } as const;
const tcmsgLength = 20;

export interface QdiscMessage {
  readonly index: number;
  /** major in the upper, minor in the lower 16 bits */
  readonly handle: number;
  readonly parent: number;
  readonly kind?: string;
  /** in answers: packets */
  readonly dropped?: number;
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
    if (type === tca.kind) qdisc.kind = readText(bytes, from, to);
    if (type === tca.statistics) readDrops(bytes, { start: from, end: to }, qdisc);
  });
  return qdisc;
}

function readDrops(
  bytes: Buffer,
  bounds: { readonly start: number; readonly end: number },
  qdisc: Draft<QdiscMessage>,
): void {
  eachAttribute(bytes, bounds, (type, from, to) => {
    if (type !== statisticsOfQueue.type) return;
    qdisc.dropped = readU32(bytes, from + statisticsOfQueue.drops, to);
  });
}

export function printQdisc(writer: MessageWriter, qdisc: QdiscMessage): void {
  writer.u32(0);
  writer.s32(qdisc.index);
  writer.u32(qdisc.handle);
  writer.u32(qdisc.parent);
  writer.u32(0);
  if (qdisc.kind !== undefined) writer.attributeText(tca.kind, qdisc.kind);
  const { dropped } = qdisc;
  if (dropped === undefined) return;
  const queue = Buffer.alloc(statisticsOfQueue.length);
  queue.writeUInt32LE(dropped, statisticsOfQueue.drops);
  writer.nest(tca.statistics, () => writer.attribute(statisticsOfQueue.type, queue));
}
