/**
 * ICMP echo without a program of the system: Node has no raw sockets, so the C library is asked. Plain JavaScript, as its
 * caller is; loaded only when an echo is asked for.
 */
import { closeSync } from "node:fs";
import { isIPv6 } from "node:net";
import koffi from "koffi";

const libc = koffi.load(null);
const socket = libc.func("int socket(int, int, int)");
const sendto = libc.func("long sendto(int, void *, size_t, int, void *, unsigned int)");
const recv = libc.func("long recv(int, void *, size_t, int)");

// linux/socket.h, linux/in.h
const [inet, inet6, raw, closeOnExec, dontWait] = [2, 10, 3, 0x80000, 0x40];
const [icmp, icmpv6] = [1, 58];
const pollMs = 2;

/** One request; it is sent once. @param {{host: string, seed: number, timeoutMs: number}} order */
export async function echo({ host, seed, timeoutMs }) {
  const six = isIPv6(host);
  const fd = socket(six ? inet6 : inet, raw | closeOnExec, six ? icmpv6 : icmp);
  if (fd < 0) return { ok: false, phase: "send", reason: `no raw socket: errno ${koffi.errno()}` };
  try {
    const startedAt = performance.now();
    const request = requestOf(seed, six);
    const address = six ? address6(host) : address4(host);
    if (sendto(fd, request, request.length, 0, address, address.length) < 0) {
      return { ok: false, phase: "send", reason: `the kernel refused it: errno ${koffi.errno()}` };
    }
    const into = Buffer.alloc(2048);
    while (performance.now() - startedAt < timeoutMs) {
      for (let size = 1; size > 0; ) {
        size = Number(recv(fd, into, into.length, dontWait));
        const verdict = size > 0 ? verdictOf(into.subarray(0, size), request, six) : undefined;
        if (verdict === "answered") {
          return { ok: true, connectMs: 0, durationMs: performance.now() - startedAt };
        }
        if (verdict !== undefined) return { ok: false, phase: "answer", reason: verdict };
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    return { ok: false, phase: "answer", reason: `no answer to one echo within ${timeoutMs} ms` };
  } finally {
    closeSync(fd);
  }
}

/** @param {number} seed @param {boolean} six */
function requestOf(seed, six) {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt8(six ? 128 : 8, 0);
  bytes.writeUInt16BE(process.pid & 0xffff, 4);
  bytes.writeUInt16BE(seed & 0xffff, 6);
  bytes.writeUInt32BE(seed >>> 0, 8);
  // Of ICMPv6 the kernel computes it.
  if (!six) bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}

/** @param {Buffer} packet @param {Buffer} request @param {boolean} six */
function verdictOf(packet, request, six) {
  // IPv4 comes with its header, IPv6 without.
  const message = six ? packet : packet.subarray((packet.readUInt8(0) & 15) * 4);
  if (message.length < 8) return undefined;
  const [type, code] = [message.readUInt8(0), message.readUInt8(1)];
  if (type === (six ? 129 : 0)) {
    return message.subarray(4, 24).equals(request.subarray(4)) ? "answered" : undefined;
  }
  // Destination unreachable quotes the packet it is about.
  if (type !== (six ? 1 : 3)) return undefined;
  const quoted = message.subarray(8 + (six ? 40 : 20));
  const isOurs = quoted.subarray(4, 8).equals(request.subarray(4, 8));
  return isOurs ? `destination unreachable, code ${code}` : undefined;
}

/** The Internet checksum (RFC 1071). @param {Buffer} bytes */
function checksum(bytes) {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** struct sockaddr_in @param {string} host */
function address4(host) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(inet, 0);
  bytes.set(host.split(".").map(Number), 4);
  return bytes;
}

/** struct sockaddr_in6 @param {string} host */
function address6(host) {
  const [head = "", tail] = host.split("::");
  const words = (/** @type {string} */ text) => (text === "" ? [] : text.split(":"));
  const [front, back] = [words(head), words(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(inet6, 0);
  for (const [i, word] of [...front, ...new Array(zeros).fill("0"), ...back].entries()) {
    bytes.writeUInt16BE(Number.parseInt(word, 16), 8 + i * 2);
  }
  return bytes;
}
