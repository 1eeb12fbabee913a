/** One NETLINK_ROUTE socket: sends a request, checks what comes back, and turns refusals into NetlinkError. */
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { MalformedMessage } from "../codec/malformed-message.ts";
import {
  eachMessage,
  type Message,
  messageFlags,
  messageTypes,
  parseAnswer,
} from "../codec/message.ts";
import { MessageWriter } from "../codec/message-writer.ts";
import { inNamespace as namedCommand } from "../command.ts";
import { errnoName, errnoText } from "../errno-name.ts";
import { NetlinkError } from "../netlink-error.ts";
import * as sys from "./syscall.ts";
import { slowTurn } from "./turns.ts";

export interface Request {
  readonly type: number;
  /** beyond NLM_F_REQUEST and what the verb implies */
  readonly flags?: number;
  /** the iproute2 command, said only when the request fails */
  readonly words: () => string;
  readonly print: (writer: MessageWriter) => void;
  /** refusals that say: there is no such thing */
  readonly absent?: readonly string[];
}

type Visit = (bytes: Buffer, message: Message) => void;

const routeProtocol = 0;
const solSocket = 1;
const solNetlink = 270;
const options = { receiveTimeout: 20, capAck: 10, extAck: 11, strictCheck: 12 } as const;

/** The kernel answers rtnetlink before send() returns; this bounds the case that it does not. */
const answerTimeoutS = 5n;
const dumpAttempts = 32;
const { EAGAIN, EBADF, EBADMSG, EINTR, EIO, ENOBUFS, ETIMEDOUT } = constants.errno;

// Shared by all sockets: requests are synchronous, so one at a time uses them.
const writer = new MessageWriter();
let received = Buffer.alloc(64 * 1024);
let lastSequence = 0;

export class RequestSocket implements Disposable {
  readonly #fd: number;
  readonly #netns: string;
  #closed = false;

  /** Opens in the namespace the thread is in now, and stays there. */
  constructor(netns: string) {
    this.#netns = netns;
    const fd = sys.socket(sys.netlinkFamily, sys.rawType, routeProtocol);
    if (fd < 0) throw this.#refused({ errno: -fd, text: "" }, () => "open a netlink socket");
    this.#fd = fd;
    const timeval = Buffer.alloc(16);
    timeval.writeBigInt64LE(answerTimeoutS);
    sys.setSocketOption(fd, solSocket, options.receiveTimeout, timeval);
    // Older kernels lack some of these: texts are then shorter and filters not checked, nothing else.
    const on = Buffer.from([1, 0, 0, 0]);
    for (const option of [options.capAck, options.extAck, options.strictCheck]) {
      sys.setSocketOption(fd, solNetlink, option, on);
    }
  }

  /** A request that changes something. */
  act(request: Request): void {
    this.#exchange(request, messageFlags.ack, () => {});
  }

  /** Each as `act`, in one send; gives what was refused. The kernel goes on after a refusal. */
  actAll(requests: readonly Request[]): ReadonlyMap<Request, NetlinkError> {
    const refused = new Map<Request, NetlinkError>();
    const last = requests.at(-1);
    if (last === undefined) return refused;
    writer.reset();
    const asked = new Map<number, Request>();
    // The answer to the last one comes last; the others answer only what they refuse.
    for (const request of requests) {
      asked.set(this.#append(request, request === last ? messageFlags.ack : 0), request);
    }
    const sent = this.#retried(() => sys.send(this.#fd, writer.view()));
    if (sent < 0) throw this.#refused({ errno: -sent, text: "" }, last.words);
    for (let open = true; open; ) {
      const length = this.#read(last);
      this.#parse(last, () =>
        eachMessage(received, length, (message) => {
          const request = asked.get(message.sequence);
          if (request === undefined || message.type !== messageTypes.error) return;
          const answer = parseAnswer(received, message);
          if (answer.errno !== 0) refused.set(request, this.#refused(answer, request.words));
          if (request === last) open = false;
        }),
      );
    }
    return refused;
  }

  /**
   * As `act`, without holding up the process while the kernel waits for a grace period: sent from another thread, when it
   * is its turn. The socket must serve nothing else, and it and every descriptor in the request must stay open until
   * this settles.
   */
  actSlowly(request: Request): Promise<void> {
    return slowTurn(() => this.#sendSlowly(request));
  }

  async #sendSlowly(request: Request): Promise<void> {
    const sequence = this.#write(request, messageFlags.ack);
    const bytes = Buffer.from(writer.view());
    const sent = await sys.sendOnThread(this.#fd, bytes);
    if (sent < 0) throw this.#refused({ errno: EIO, text: "" }, request.words);
    this.#receive(request, { sequence, flags: messageFlags.ack, visit: () => {} });
  }

  /** A request for one object. */
  get<T>(request: Request, parse: (bytes: Buffer, message: Message) => T): T {
    const found = this.find(request, parse);
    if (found !== undefined) return found;
    throw this.#refused({ errno: EBADMSG, text: "the answer was empty" }, request.words);
  }

  /** As `get`; undefined when the kernel refuses with one of `absent`. */
  find<T>(request: Request, parse: (bytes: Buffer, message: Message) => T): T | undefined {
    let found: T | undefined;
    const visit: Visit = (bytes, message) => {
      found ??= parse(bytes, message);
    };
    // Once more if the answer was larger than the buffer, which has grown meanwhile.
    if (!this.#exchange(request, 0, visit)) this.#exchange(request, 0, visit);
    return found;
  }

  /** A request for all objects of a kind; `parse` answers undefined for those to leave out. */
  dump<T>(request: Request, parse: (bytes: Buffer, message: Message) => T | undefined): T[] {
    for (let attempt = 1; attempt <= dumpAttempts; attempt++) {
      const found: T[] = [];
      const consistent = this.#exchange(request, messageFlags.dump, (bytes, message) => {
        const value = parse(bytes, message);
        if (value !== undefined) found.push(value);
      });
      if (consistent) return found;
    }
    const text = `it changed while it was read, ${dumpAttempts} times`;
    throw this.#refused({ errno: EINTR, text }, request.words);
  }

  /** `name` is at most 15 bytes; `words` is the command that needs its index. */
  index(name: string, words: () => string): number {
    if (this.#closed) throw this.#refused({ errno: EBADF, text: "the handle is disposed" }, words);
    const index = sys.linkIndexOf(this.#fd, name);
    if (index < 0) throw this.#refused({ errno: -index, text: "" }, words);
    return index;
  }

  /** `command` is a structure of linux/ethtool.h, and holds the answer afterwards. */
  ethtool(link: string, command: Buffer, words: () => string): void {
    const result = sys.ethtool(this.#fd, link, command);
    if (result < 0) throw this.#refused({ errno: -result, text: "" }, words);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }

  /** False: the answer was inconsistent or cut, and a read must be repeated. */
  #exchange(request: Request, flags: number, visit: Visit): boolean {
    const sequence = this.#write(request, flags);
    const sent = this.#retried(() => sys.send(this.#fd, writer.view()));
    if (sent < 0) throw this.#refused({ errno: -sent, text: "" }, request.words);
    return this.#receive(request, { sequence, flags, visit });
  }

  /** Puts the message into `writer` and gives its sequence number. */
  #write(request: Request, flags: number): number {
    writer.reset();
    return this.#append(request, flags);
  }

  #append(request: Request, flags: number): number {
    // A closed descriptor's number may already belong to somebody else.
    if (this.#closed)
      throw this.#refused({ errno: EBADF, text: "the handle is disposed" }, request.words);
    lastSequence = (lastSequence % 0xffffffff) + 1;
    const header = {
      type: request.type,
      flags: messageFlags.request | flags | (request.flags ?? 0),
      sequence: lastSequence,
    };
    writer.message(header, () => request.print(writer));
    return header.sequence;
  }

  #receive(
    request: Request,
    {
      sequence,
      flags,
      visit,
    }: { readonly sequence: number; readonly flags: number; readonly visit: Visit },
  ): boolean {
    const dumping = flags === messageFlags.dump;
    let consistent = true;
    for (let done = false; !done; ) {
      const length = this.#retried(() => sys.receive(this.#fd, received, sys.messageTruncated));
      // A dump that lost a part is read to its end all the same: the kernel runs one at a time.
      if (length === -ENOBUFS && dumping) {
        consistent = false;
        continue;
      }
      if (length < 0) {
        const errno = length === -EAGAIN ? ETIMEDOUT : -length;
        throw this.#refused({ errno, text: "" }, request.words);
      }
      if (length > received.length) {
        received = Buffer.alloc(length * 2);
        consistent = false;
        if (dumping) continue;
        return false;
      }
      this.#parse(request, () =>
        eachMessage(received, length, (message) => {
          // Another sequence number is left over from a request that was given up.
          if (message.sequence !== sequence || done) return;
          if ((message.flags & messageFlags.dumpInterrupted) !== 0) consistent = false;
          done = this.#take(request, message, visit) || flags === 0;
        }),
      );
    }
    return consistent;
  }

  /** One datagram that is not part of a dump, into `received`. */
  #read(request: Request): number {
    const length = this.#retried(() => sys.receive(this.#fd, received, 0));
    if (length >= 0) return length;
    throw this.#refused(
      { errno: length === -EAGAIN ? ETIMEDOUT : -length, text: "" },
      request.words,
    );
  }

  #parse(request: Request, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      throw this.#refused({ errno: EBADMSG, text: error.message }, request.words);
    }
  }

  /** True when `message` ends the answer. */
  #take(request: Request, message: Message, visit: Visit): boolean {
    switch (message.type) {
      case messageTypes.noop:
        return false;
      case messageTypes.error:
      case messageTypes.done: {
        const answer = parseAnswer(received, message);
        if (answer.errno === 0 || request.absent?.includes(errnoName(answer.errno))) return true;
        throw this.#refused(answer, request.words);
      }
      case messageTypes.overrun:
        throw this.#refused({ errno: ENOBUFS, text: "" }, request.words);
      default:
        visit(received, message);
        return false;
    }
  }

  #retried(call: () => number): number {
    let result = call();
    while (result === -EINTR) result = call();
    return result;
  }

  #refused(answer: { errno: number; text: string }, words: () => string): NetlinkError {
    const errno = errnoName(answer.errno);
    // Some of the kernel's texts end in a full stop.
    const text = answer.text.replace(/[.\s]+$/, "");
    return new NetlinkError(
      errno,
      namedCommand(this.#netns, words()),
      text === "" ? errnoText(errno) : text,
    );
  }
}
