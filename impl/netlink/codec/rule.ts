/** RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE: `struct fib_rule_hdr` and its FRA_ attributes (linux/fib_rules.h). */
import { eachAttribute, need, readIp, readText, readU32 } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const ruleTypes = { new: 32, del: 33, get: 34 } as const;

/** FR_ACT_TO_TBL: look the route up in a table */
export const lookupAction = 1;

const fra = { dst: 1, src: 2, iifname: 3, priority: 6, fwmark: 10, table: 15 } as const;
const headerLength = 12;

export interface RuleMessage {
  readonly family: number;
  readonly dstLength: number;
  readonly srcLength: number;
  readonly table: number;
  readonly action: number;
  readonly dst?: string;
  readonly src?: string;
  readonly iif?: string;
  readonly priority?: number;
  readonly fwmark?: number;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function parseRule(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): RuleMessage {
  need(start, end, headerLength);
  const rule: Draft<RuleMessage> = {
    family: bytes.readUInt8(start),
    dstLength: bytes.readUInt8(start + 1),
    srcLength: bytes.readUInt8(start + 2),
    table: bytes.readUInt8(start + 4),
    action: bytes.readUInt8(start + 7),
  };
  eachAttribute(bytes, { start: start + headerLength, end }, (type, from, to) => {
    switch (type) {
      case fra.dst:
        rule.dst = readIp(bytes, from, to);
        break;
      case fra.src:
        rule.src = readIp(bytes, from, to);
        break;
      case fra.iifname:
        rule.iif = readText(bytes, from, to);
        break;
      case fra.priority:
        rule.priority = readU32(bytes, from, to);
        break;
      case fra.fwmark:
        rule.fwmark = readU32(bytes, from, to);
        break;
      case fra.table:
        rule.table = readU32(bytes, from, to);
        break;
    }
  });
  return rule;
}

export function printRule(writer: MessageWriter, rule: RuleMessage): void {
  writer.u8(rule.family);
  writer.u8(rule.dstLength);
  writer.u8(rule.srcLength);
  writer.u8(0);
  writer.u8(rule.table < 256 ? rule.table : 0);
  writer.u16(0);
  writer.u8(rule.action);
  writer.u32(0);
  if (rule.dst !== undefined) writer.attributeIp(fra.dst, rule.dst);
  if (rule.src !== undefined) writer.attributeIp(fra.src, rule.src);
  if (rule.iif !== undefined) writer.attributeText(fra.iifname, rule.iif);
  if (rule.priority !== undefined) writer.attributeU32(fra.priority, rule.priority);
  if (rule.fwmark !== undefined) writer.attributeU32(fra.fwmark, rule.fwmark);
  writer.attributeU32(fra.table, rule.table);
}
