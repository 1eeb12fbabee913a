/** IFLA_VFINFO_LIST of a link message: what a physical function has set for its VFs (linux/if_link.h, `struct ifla_vf_*`). */
import { printMac } from "../mac-address.ts";
import { eachAttribute, need } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

/** IFLA_VF_ */
const ifla = {
  mac: 1,
  vlan: 2,
  spoofCheck: 4,
  linkState: 5,
  rate: 6,
  trust: 9,
  vlanList: 12,
} as const;
const vlanInfo = 1;
const info = 1;
const macLength = 6;
/** MAX_ADDR_LEN: what the kernel's structure has room for */
const macRoom = 32;

export interface VfMessage {
  /** number of the VF on its PF */
  readonly vf: number;
  readonly mac?: string;
  readonly vlan?: { readonly id: number; readonly qos: number };
  /** as `vlan`, with the protocol: 0x8100 or 0x88a8 */
  readonly tag?: { readonly id: number; readonly qos: number; readonly protocol: number };
  /** Mbit/s; 0 is no limit */
  readonly rate?: { readonly min: number; readonly max: number };
  /** 0, 1, or 0xffffffff where the driver does not say; so is `trust` */
  readonly spoofCheck?: number;
  /** IFLA_VF_LINK_STATE_: auto 0, enable 1, disable 2 */
  readonly linkState?: number;
  readonly trust?: number;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Bounds = { readonly start: number; readonly end: number };

export function parseVfList(bytes: Buffer, bounds: Bounds): readonly VfMessage[] {
  const found: VfMessage[] = [];
  eachAttribute(bytes, bounds, (type, start, end) => {
    if (type === info) found.push(parseVf(bytes, { start, end }));
  });
  return found;
}

function parseVf(bytes: Buffer, bounds: Bounds): VfMessage {
  const vf: Draft<VfMessage> = { vf: 0 };
  eachAttribute(bytes, bounds, (type, start, end) => {
    const word = (n: number) => {
      need(start, end, 4 * (n + 1));
      return bytes.readUInt32LE(start + 4 * n);
    };
    switch (type) {
      case ifla.mac:
        need(start, end, 4 + macLength);
        vf.vf = word(0);
        vf.mac = printMac(bytes.subarray(start + 4, start + 4 + macLength));
        break;
      case ifla.vlan:
        vf.vf = word(0);
        vf.vlan = { id: word(1), qos: word(2) };
        break;
      case ifla.rate:
        vf.vf = word(0);
        vf.rate = { min: word(1), max: word(2) };
        break;
      case ifla.spoofCheck:
        vf.vf = word(0);
        vf.spoofCheck = word(1);
        break;
      case ifla.linkState:
        vf.vf = word(0);
        vf.linkState = word(1);
        break;
      case ifla.trust:
        vf.vf = word(0);
        vf.trust = word(1);
        break;
      case ifla.vlanList:
        eachAttribute(bytes, { start, end }, (inner, from, to) => {
          if (inner !== vlanInfo) return;
          need(from, to, 14);
          vf.vf = bytes.readUInt32LE(from);
          const [id, qos] = [bytes.readUInt32LE(from + 4), bytes.readUInt32LE(from + 8)];
          vf.tag = { id, qos, protocol: bytes.readUInt16BE(from + 12) };
        });
        break;
    }
  });
  return vf;
}

export function printVfList(writer: MessageWriter, type: number, vfs: readonly VfMessage[]): void {
  writer.nest(type, () => {
    for (const vf of vfs) writer.nest(info, () => printVf(writer, vf));
  });
}

function printVf(writer: MessageWriter, message: VfMessage): void {
  const { vf, mac, vlan, tag, rate, spoofCheck, linkState, trust } = message;
  const words = (type: number, ...values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * (values.length + 1));
    for (const [at, value] of [vf, ...values].entries()) bytes.writeUInt32LE(value >>> 0, 4 * at);
    writer.attribute(type, bytes);
  };
  if (mac !== undefined) {
    const bytes = Buffer.alloc(4 + macRoom);
    bytes.writeUInt32LE(vf, 0);
    Buffer.from(mac.replaceAll(":", ""), "hex").copy(bytes, 4, 0, macLength);
    writer.attribute(ifla.mac, bytes);
  }
  if (vlan !== undefined) words(ifla.vlan, vlan.id, vlan.qos);
  if (tag !== undefined) {
    const bytes = Buffer.alloc(16);
    for (const [at, value] of [vf, tag.id, tag.qos].entries()) bytes.writeUInt32LE(value, 4 * at);
    bytes.writeUInt16BE(tag.protocol, 12);
    writer.nest(ifla.vlanList, () => writer.attribute(vlanInfo, bytes));
  }
  if (rate !== undefined) words(ifla.rate, rate.min, rate.max);
  if (spoofCheck !== undefined) words(ifla.spoofCheck, spoofCheck);
  if (linkState !== undefined) words(ifla.linkState, linkState);
  if (trust !== undefined) words(ifla.trust, trust);
}
