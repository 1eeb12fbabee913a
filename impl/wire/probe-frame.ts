/** The frame by which a VF shows at which representor it comes in (proto/offload/v1/offload.proto, ProbeVfsRequest). */
import type { ProbedVf } from "./agent.ts";

/** IEEE 802, local experimental ethertype 1 */
export const probeProtocol = 0x88b5;

const broadcast = Buffer.alloc(6, 0xff);
const headerLength = 14;
/** without its checksum */
const shortestFrame = 60;

/** @param mac lower-case EUI-48 of the VF */
export function probeFrame(mac: string, token: Uint8Array, { pf, index }: ProbedVf): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(pf, 0);
  numbers.writeUInt32BE(index, 4);
  const type = Buffer.alloc(2);
  type.writeUInt16BE(probeProtocol);
  const source = Buffer.from(mac.replaceAll(":", ""), "hex");
  const frame = Buffer.concat([broadcast, source, type, token, numbers]);
  return Buffer.concat([frame, Buffer.alloc(Math.max(0, shortestFrame - frame.length))]);
}

/** undefined: it is another's, or none */
export function probeFrameOf(frame: Uint8Array, token: Uint8Array): ProbedVf | undefined {
  const bytes = Buffer.from(frame);
  const at = headerLength + token.length;
  if (token.length === 0 || bytes.length < at + 8) return undefined;
  if (!bytes.subarray(headerLength, at).equals(token)) return undefined;
  return { pf: bytes.readUInt32BE(at), index: bytes.readUInt32BE(at + 4) };
}
