/** `ip monitor link`: what happens to the links of a namespace, as an async iterable. */
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { sleep } from "../../base/time.ts";
import { linkTypes, parseLink } from "../codec/link.ts";
import { eachMessage } from "../codec/message.ts";
import { errnoName } from "../errno-name.ts";
import type { Link, LinkEvent } from "../kernel.ts";
import { refused } from "../refused.ts";
import { inNamespace, type Namespace } from "./namespace.ts";
import {
  bind,
  dontWait,
  netlinkFamily,
  rawType,
  receive,
  setSocketOption,
  socket,
} from "./syscall.ts";

/**
 * The socket is polled. A blocking read would hold one of libuv's four pool threads for each watcher, and a
 * process with a handful of them (the emulator has two per node) would stop reading files; an empty poll costs
 * about a microsecond.
 */
const pollMs = 20;

/** RTNLGRP_LINK, group 1 */
const linkGroupMask = 1;
const bridgeFamily = 7;
const solSocket = 1;
const receiveBuffer = 8;
const receiveRoomBytes = 1024 * 1024;
const { EAGAIN, EINTR, ENOBUFS } = constants.errno;

/** `list` is read to say what changed when the kernel dropped events. */
export function watchLinks(
  namespace: Namespace,
  list: () => readonly Link[],
  signal: AbortSignal,
): AsyncIterable<LinkEvent> {
  // Now, not at the first next(): nothing that happens after this call is missed.
  const fd = signal.aborted ? undefined : openMonitor(namespace);
  let open = fd !== undefined;
  const close = () => {
    if (open && fd !== undefined) closeSync(fd);
    open = false;
  };
  signal.addEventListener("abort", close, { once: true });
  return iterate();

  async function* iterate(): AsyncGenerator<LinkEvent, void> {
    const known = new Map<number, string>();
    const buffer = Buffer.alloc(64 * 1024);
    try {
      if (open) for (const link of list()) known.set(link.index, link.name);
      while (open && fd !== undefined) {
        const length = receive(fd, buffer, dontWait);
        if (length > 0) yield* remembered(known, parseEvents(buffer, length));
        else if (length === -ENOBUFS) yield* remembered(known, catchUp(known, list()));
        else if (length === -EAGAIN) await sleep(pollMs, signal).catch(() => {});
        else if (length !== -EINTR) throw refused(errnoName(-length), "ip monitor link");
      }
    } finally {
      signal.removeEventListener("abort", close);
      close();
    }
  }
}

function openMonitor(namespace: Namespace): number {
  const fd = inNamespace(namespace, () => socket(netlinkFamily, rawType, 0));
  if (fd < 0) throw refused(errnoName(-fd), "ip monitor link");
  // Room for a burst of pods between two polls. A lower limit of the machine wins, and overflow is caught up with.
  const room = Buffer.alloc(4);
  room.writeInt32LE(receiveRoomBytes);
  setSocketOption(fd, solSocket, receiveBuffer, room);
  const joined = bind(fd, linkGroupAddress());
  if (joined === 0) return fd;
  closeSync(fd);
  throw refused(errnoName(-joined), "ip monitor link");
}

/** linux/netlink.h `struct sockaddr_nl`. Bound, not only joined: the kernel tells nothing to a socket without a port. */
function linkGroupAddress(): Buffer {
  const address = Buffer.alloc(12);
  address.writeUInt16LE(netlinkFamily, 0);
  address.writeUInt32LE(linkGroupMask, 8);
  return address;
}

function parseEvents(buffer: Buffer, length: number): LinkEvent[] {
  const events: LinkEvent[] = [];
  eachMessage(buffer, length, (message) => {
    if (message.type !== linkTypes.new && message.type !== linkTypes.del) return;
    const { family, index, name = "" } = parseLink(buffer, message);
    // A bridge says RTM_DELLINK of its own family when a port leaves it; the link is still there.
    const removed = message.type === linkTypes.del && family !== bridgeFamily;
    events.push({ kind: removed ? "removed" : "changed", name, index });
  });
  return events;
}

function catchUp(known: ReadonlyMap<number, string>, links: readonly Link[]): LinkEvent[] {
  const present = new Set(links.map((link) => link.index));
  const gone = [...known].filter(([index]) => !present.has(index));
  return [
    ...gone.map(([index, name]): LinkEvent => ({ kind: "removed", name, index })),
    ...links.map(({ index, name }): LinkEvent => ({ kind: "changed", name, index })),
  ];
}

function* remembered(known: Map<number, string>, events: readonly LinkEvent[]) {
  for (const event of events) {
    if (event.kind === "removed") known.delete(event.index);
    else known.set(event.index, event.name);
    yield event;
  }
}
