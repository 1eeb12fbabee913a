/** Raw Ethernet frames out of a link (AF_PACKET). */
import { close } from "node:fs";
import { errnoName } from "../errno-name.ts";
import { refused } from "../refused.ts";
import { inNamespace, type Namespace } from "./namespace.ts";
import { packetFamily, rawType, sendTo, socket } from "./syscall.ts";

const destinationLength = 6;

export interface PacketSocket extends Disposable {
  send(index: number, frame: Uint8Array, words: () => string): void;
}

export function openPacketSocket(namespace: Namespace): PacketSocket {
  // Protocol 0: it sends only, and is given no frame to read.
  const fd = inNamespace(namespace, () => socket(packetFamily, rawType, 0));
  if (fd < 0) throw refused(errnoName(-fd), "open a packet socket");
  return {
    send(index, frame, words) {
      const sent = sendTo(fd, frame, linkAddress(index, frame));
      if (sent < 0) throw refused(errnoName(-sent), words());
    },
    // On another thread: packet_release() of the kernel waits for a grace period, many milliseconds.
    [Symbol.dispose]: () => close(fd, () => {}),
  };
}

/** linux/if_packet.h `struct sockaddr_ll` */
export function linkAddress(index: number, frame: Uint8Array, protocol = 0): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(packetFamily, 0);
  address.writeUInt16BE(protocol, 2);
  address.writeInt32LE(index, 4);
  address.writeUInt8(destinationLength, 11);
  address.set(frame.subarray(0, destinationLength), 12);
  return address;
}
