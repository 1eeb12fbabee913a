/**
 * RTM_NEWTFILTER, RTM_DELTFILTER, RTM_GETTFILTER, as far as redirects and filters need them: a u32 filter that matches
 * everything with the action mirred, and a BPF program, classic or loaded before, in direct-action mode (linux/pkt_cls.h,
 * linux/tc_act/tc_mirred.h).
 */
import { printBytecode, readBytecode } from "../bpf/bytecode.ts";
import { eachAttribute, need, readText, readU32 } from "./attribute.ts";
import { MalformedMessage } from "./malformed-message.ts";
import type { MessageWriter } from "./message-writer.ts";

export const filterTypes = { new: 44, del: 45, get: 46 } as const;

/** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS): where packets come in, of a clsact qdisc and of an ingress one */
export const ingressParent = 0xfffffff2;
/** TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS): where they leave, of a clsact qdisc */
export const egressParent = 0xfffffff3;

/** ETH_P_ALL in network order, as the lower half of `tcm_info` wants it */
export const everyProtocol = 0x0300;

const tcmsgLength = 20;
const tca = { kind: 1, options: 2 } as const;
const u32Attributes = { selector: 5, actions: 7 } as const;
const action = { kind: 1, options: 2 } as const;
const mirredParameters = 2;
const bpfAttributes = { length: 4, instructions: 5, fd: 6, name: 7, flags: 8 } as const;

/** TC_U32_TERMINAL with one key of mask 0: every packet */
const selectorLength = 32;
const terminal = 1;
/** struct tc_mirred: five words of tc_gen, then eaction and ifindex */
const mirredLength = 28;
const actStolen = 4;
const egressRedirect = 1;
const actDirect = 1;

export interface FilterMessage {
  readonly index: number;
  readonly handle: number;
  readonly parent: number;
  readonly preference: number;
  readonly protocol: number;
  readonly kind?: string;
  /** of u32: where mirred redirects to; 0 when that link is gone */
  readonly mirredTo?: number;
  /** of bpf */
  readonly name?: string;
  /** of bpf: a classic program, as tc writes it */
  readonly bytecode?: string;
  /** of bpf, in requests only: the same as the kernel has it (`readBytecode`) */
  readonly instructions?: Buffer;
  /** of bpf, in requests only: the program */
  readonly programFd?: number;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface Bounds {
  readonly start: number;
  readonly end: number;
}

export function parseFilter(bytes: Buffer, { start, end }: Bounds): FilterMessage {
  need(start, end, tcmsgLength);
  const information = bytes.readUInt32LE(start + 16);
  const filter: Draft<FilterMessage> = {
    index: bytes.readInt32LE(start + 4),
    handle: bytes.readUInt32LE(start + 8),
    parent: bytes.readUInt32LE(start + 12),
    preference: information >>> 16,
    protocol: information & 0xffff,
  };
  let options: Bounds | undefined;
  eachAttribute(bytes, { start: start + tcmsgLength, end }, (type, from, to) => {
    if (type === tca.kind) filter.kind = readText(bytes, from, to);
    if (type === tca.options) options = { start: from, end: to };
  });
  if (options === undefined) return filter;
  if (filter.kind === "u32") readMirred(bytes, options, filter);
  if (filter.kind === "bpf") readProgram(bytes, options, filter);
  return filter;
}

/** A filter may have several actions; the last redirect of them is where packets go. */
function readMirred(bytes: Buffer, options: Bounds, filter: Draft<FilterMessage>): void {
  eachAttribute(bytes, options, (type, start, end) => {
    if (type !== u32Attributes.actions) return;
    eachAttribute(bytes, { start, end }, (_, from, to) => {
      const target = mirredTarget(bytes, { start: from, end: to });
      if (target !== undefined) filter.mirredTo = target;
    });
  });
}

function mirredTarget(bytes: Buffer, bounds: Bounds): number | undefined {
  let kind = "";
  let options: Bounds | undefined;
  eachAttribute(bytes, bounds, (type, start, end) => {
    if (type === action.kind) kind = readText(bytes, start, end);
    if (type === action.options) options = { start, end };
  });
  if (kind !== "mirred" || options === undefined) return undefined;
  let target: number | undefined;
  eachAttribute(bytes, options, (type, start, end) => {
    if (type !== mirredParameters) return;
    need(start, end, mirredLength);
    if (bytes.readInt32LE(start + 20) === egressRedirect) target = bytes.readUInt32LE(start + 24);
  });
  return target;
}

function readProgram(bytes: Buffer, options: Bounds, filter: Draft<FilterMessage>): void {
  eachAttribute(bytes, options, (type, start, end) => {
    if (type === bpfAttributes.name) filter.name = readText(bytes, start, end);
    if (type === bpfAttributes.instructions) filter.bytecode = bytecodeAt(bytes, start, end);
    if (type === bpfAttributes.fd) filter.programFd = readU32(bytes, start, end);
  });
}

function bytecodeAt(bytes: Buffer, start: number, end: number): string {
  const text = printBytecode(bytes.subarray(start, end));
  if (text !== undefined) return text;
  throw new MalformedMessage(`Cannot read a program of ${end - start} bytes at ${start}`);
}

export function printFilter(writer: MessageWriter, filter: FilterMessage): void {
  writer.u32(0);
  writer.s32(filter.index);
  writer.u32(filter.handle);
  writer.u32(filter.parent);
  writer.u32(filter.preference * 0x10000 + filter.protocol);
  if (filter.kind === undefined) return;
  writer.attributeText(tca.kind, filter.kind);
  const { mirredTo, name, programFd, bytecode } = filter;
  const instructions = filter.instructions ?? (bytecode && readBytecode(bytecode));
  if (mirredTo !== undefined) {
    writer.nest(tca.options, () => printMirred(writer, mirredTo));
  } else if (name !== undefined || programFd !== undefined || instructions) {
    writer.nest(tca.options, () => {
      if (instructions) printProgram(writer, instructions);
      if (programFd !== undefined) writer.attributeU32(bpfAttributes.fd, programFd);
      if (name !== undefined) writer.attributeText(bpfAttributes.name, name);
      writer.attributeU32(bpfAttributes.flags, actDirect);
    });
  }
}

function printProgram(writer: MessageWriter, instructions: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(instructions.length / 8);
  writer.attribute(bpfAttributes.length, length);
  writer.attribute(bpfAttributes.instructions, instructions);
}

function printMirred(writer: MessageWriter, to: number): void {
  const selector = Buffer.alloc(selectorLength);
  selector.writeUInt8(terminal, 0);
  selector.writeUInt8(1, 2);
  writer.attribute(u32Attributes.selector, selector);
  const parameters = Buffer.alloc(mirredLength);
  parameters.writeInt32LE(actStolen, 8);
  parameters.writeInt32LE(egressRedirect, 20);
  parameters.writeUInt32LE(to, 24);
  writer.nest(u32Attributes.actions, () =>
    writer.nest(1, () => {
      writer.attributeText(action.kind, "mirred");
      writer.nest(action.options, () => writer.attribute(mirredParameters, parameters));
    }),
  );
}
