/** Builds netlink messages in one growing buffer that is used again for the next request. */
import { parseIp } from "../ip-address.ts";
import { parseMac } from "../mac-address.ts";

const nestedFlag = 0x8000;

export class MessageWriter {
  #bytes = Buffer.alloc(1024);
  #length = 0;

  reset(): void {
    this.#length = 0;
  }

  /** what was written since `reset`; valid until the next write */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): void {
    const at = this.#take(1);
    this.#bytes.writeUInt8(value, at);
  }

  u16(value: number): void {
    const at = this.#take(2);
    this.#bytes.writeUInt16LE(value, at);
  }

  u32(value: number): void {
    const at = this.#take(4);
    this.#bytes.writeUInt32LE(value >>> 0, at);
  }

  s32(value: number): void {
    const at = this.#take(4);
    this.#bytes.writeInt32LE(value, at);
  }

  attribute(type: number, payload: Uint8Array): void {
    const start = this.#open(type);
    const at = this.#take(payload.length);
    this.#bytes.set(payload, at);
    this.#close(start);
  }

  attributeU8(type: number, value: number): void {
    const start = this.#open(type);
    this.u8(value);
    this.#close(start);
  }

  attributeU32(type: number, value: number): void {
    const start = this.#open(type);
    this.u32(value);
    this.#close(start);
  }

  /** NUL-terminated, as the kernel wants names */
  attributeText(type: number, text: string): void {
    this.attribute(type, Buffer.from(`${text}\0`));
  }

  /** `ip` must be valid; verbs check what they are given. */
  attributeIp(type: number, ip: string): void {
    this.attribute(type, parseIp(ip) ?? new Uint8Array());
  }

  attributeMac(type: number, mac: string): void {
    this.attribute(type, parseMac(mac) ?? new Uint8Array());
  }

  nest(type: number, fill: () => void): void {
    const start = this.#open(type | nestedFlag);
    fill();
    this.#close(start);
  }

  /** One whole message: header (linux/netlink.h `struct nlmsghdr`) and what `fill` writes. */
  message(
    header: { readonly type: number; readonly flags: number; readonly sequence: number },
    fill: () => void,
  ): void {
    const start = this.#take(4);
    this.u16(header.type);
    this.u16(header.flags);
    this.u32(header.sequence);
    this.u32(0);
    fill();
    this.#bytes.writeUInt32LE(this.#length - start, start);
    this.#pad();
  }

  #open(type: number): number {
    const start = this.#take(4);
    this.#bytes.writeUInt16LE(type, start + 2);
    return start;
  }

  #close(start: number): void {
    this.#bytes.writeUInt16LE(this.#length - start, start);
    this.#pad();
  }

  #pad(): void {
    const missing = -this.#length & 3;
    const at = this.#take(missing);
    this.#bytes.fill(0, at, at + missing);
  }

  /** Where so many bytes may be written; `#bytes` may be another buffer afterwards. */
  #take(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}
