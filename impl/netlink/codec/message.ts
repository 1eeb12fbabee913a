/** The envelope of netlink: headers, acknowledgements, errors with the kernel's extended text. */
import { eachAttribute, need, readS32, readText } from "./attribute.ts";
import { MalformedMessage } from "./malformed-message.ts";

/** linux/netlink.h */
export const messageTypes = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

export const messageFlags = {
  request: 0x1,
  ack: 0x4,
  /** in an answer: the dump is not consistent, something changed meanwhile */
  dumpInterrupted: 0x10,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const;

const capped = 0x100;
const ackTlvs = 0x200;
const extAckText = 1;

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** bounds of the payload */
  readonly start: number;
  readonly end: number;
}

export const headerLength = 16;

/** Calls `visit` with each message among the first `length` bytes. */
export function eachMessage(
  bytes: Buffer,
  length: number,
  visit: (message: Message) => void,
): void {
  let at = 0;
  while (at + headerLength <= length) {
    const size = bytes.readUInt32LE(at);
    if (size < headerLength || at + size > length) {
      throw new MalformedMessage(`Cannot read message at ${at}: its length is ${size}`);
    }
    visit({
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      sequence: bytes.readUInt32LE(at + 8),
      start: at + headerLength,
      end: at + size,
    });
    at += (size + 3) & ~3;
  }
  if (at < length) throw new MalformedMessage(`Cannot read message at ${at}: it is cut short`);
}

export interface Answer {
  /** 0: done; else a positive error number */
  readonly errno: number;
  /** the kernel's own words, "" when it gave none */
  readonly text: string;
}

/** Reads NLMSG_ERROR (0 in it is an acknowledgement) and NLMSG_DONE (which may carry an error too). */
export function parseAnswer(bytes: Buffer, message: Message): Answer {
  const { type, flags, start, end } = message;
  if (type === messageTypes.done && end - start < 4) return { errno: 0, text: "" };
  const errno = Math.abs(readS32(bytes, start, end));
  if ((flags & ackTlvs) === 0) return { errno, text: "" };
  const tlvs = type === messageTypes.done ? start + 4 : afterEcho(bytes, message);
  let text = "";
  eachAttribute(bytes, { start: tlvs, end }, (kind, from, to) => {
    if (kind === extAckText) text = readText(bytes, from, to);
  });
  return { errno, text };
}

/** An error repeats the request: its header alone when capped, else all of it. */
function afterEcho(bytes: Buffer, { flags, start, end }: Message): number {
  need(start, end, 4 + headerLength);
  const echoed = (flags & capped) !== 0 ? headerLength : bytes.readUInt32LE(start + 4);
  return Math.min(end, start + 4 + ((echoed + 3) & ~3));
}
