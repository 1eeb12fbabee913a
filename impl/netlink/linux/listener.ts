/** Hears raw Ethernet frames at the links of a namespace (AF_PACKET). */
import { close } from "node:fs";
import { errnoName } from "../errno-name.ts";
import type { HeardFrame, Listener } from "../kernel.ts";
import { refused } from "../refused.ts";
import { inNamespace, type Namespace } from "./namespace.ts";
import { linkAddress } from "./packet-socket.ts";
import { bind, packetFamily, rawType, receiveFrom, setSocketOption, socket } from "./syscall.ts";

/** ETH_P_ALL */
const anyProtocol = 3;
/** SOL_SOCKET, SO_RCVBUFFORCE, and SO_RCVBUF for who may not force */
const socketLevel = 1;
const receiveBuffers = [33, 8] as const;
const bufferBytes = 8 * 1024 * 1024;
/** the kernel leaves segments of this size whole */
const largestFrame = 128 * 1024;
/** of `struct sockaddr_ll` */
const at = { index: 4, kind: 10 } as const;
const outgoing = 4;

/** @param names of the links by index, asked when something was heard */
export function openListener(
  namespace: Namespace,
  protocol: number | "any",
  names: () => ReadonlyMap<number, string>,
): Listener {
  const words = "listen for frames";
  const number = protocol === "any" ? anyProtocol : protocol;
  // Protocol 0 until it is bound: nothing of another protocol is ever in its queue.
  const fd = inNamespace(namespace, () => socket(packetFamily, rawType, 0));
  if (fd < 0) throw refused(errnoName(-fd), words);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bufferBytes);
  receiveBuffers.some((option) => setSocketOption(fd, socketLevel, option, size) === 0);
  const bound = bind(fd, linkAddress(0, Buffer.alloc(6), number));
  if (bound < 0) {
    close(fd, () => {});
    throw refused(errnoName(-bound), words);
  }
  let isOpen = true;
  const buffer = Buffer.alloc(largestFrame);
  return {
    take() {
      const heard: { readonly index: number; readonly frame: Buffer; readonly kind: number }[] = [];
      const address = Buffer.alloc(20);
      for (let length = 0; isOpen; ) {
        length = receiveFrom(fd, buffer, address);
        // Empty; or a link went down, which is told once.
        if (length < 0) break;
        const frame = Buffer.from(buffer.subarray(0, length));
        heard.push({
          index: address.readInt32LE(at.index),
          frame,
          kind: address.readUInt8(at.kind),
        });
      }
      if (heard.length === 0) return [];
      const known = names();
      return heard.map(({ index, frame, kind }): HeardFrame => {
        return { link: known.get(index) ?? "", frame, isOutgoing: kind === outgoing };
      });
    },
    [Symbol.dispose]() {
      if (isOpen) close(fd, () => {});
      isOpen = false;
    },
  };
}
