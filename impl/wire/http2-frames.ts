/** The few bytes of HTTP/2 (RFC 9113) that are spoken or looked at below gRPC: the preface, SETTINGS and GOAWAY. */

/** 3.4: what a client sends first, before an empty or full SETTINGS frame. */
export const clientPreface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
export const emptySettings = Buffer.from("\0\0\0\x04\0\0\0\0\0", "latin1");

const settingsType = 0x04;
const goawayType = 0x07;
/** 7: the transport does not meet the requirements of the one who closes */
const inadequateSecurity = 0x0c;
const headLength = 9;

/** What a server says that talks to nobody unknown: an empty SETTINGS frame, then GOAWAY with the reason. */
export function farewell(reason: string): Buffer {
  const text = Buffer.from(reason.slice(0, 1024));
  const goaway = Buffer.alloc(headLength + 8);
  goaway.writeUIntBE(8 + text.length, 0, 3);
  goaway[3] = goawayType;
  goaway.writeUInt32BE(inadequateSecurity, headLength + 4);
  return Buffer.concat([emptySettings, goaway, text]);
}

export type ServerHello =
  | { readonly kind: "http2" }
  | { readonly kind: "farewell"; readonly reason: string }
  | { readonly kind: "foreign" };

/** Reads the first bytes of a server. */
export function parseHello(bytes: Uint8Array): ServerHello {
  const buffer = Buffer.from(bytes);
  if (buffer.length < headLength || buffer[3] !== settingsType) return { kind: "foreign" };
  const second = headLength + buffer.readUIntBE(0, 3);
  if (buffer.length < second + headLength + 8 || buffer[second + 3] !== goawayType) {
    return { kind: "http2" };
  }
  const end = second + headLength + buffer.readUIntBE(second, 3);
  return { kind: "farewell", reason: buffer.toString("utf8", second + headLength + 8, end) };
}
