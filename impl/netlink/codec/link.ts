/** RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK: `struct ifinfomsg` and its IFLA_ attributes (linux/if_link.h). */
import { eachAttribute, need, readMac, readS32, readText, readU8, readU32 } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";
import { parseVfList, printVfList, type VfMessage } from "./vf-info.ts";

export const linkTypes = { new: 16, del: 17, get: 18, newProp: 108, delProp: 109 } as const;

export const linkFlags = {
  up: 0x1,
  noarp: 0x80,
  promisc: 0x100,
  allmulticast: 0x200,
  multicast: 0x1000,
  lowerUp: 0x10000,
} as const;

/** RTEXT_FILTER_SKIP_STATS: counters are half of a link's message */
export const skipStatistics = 8;
/** RTEXT_FILTER_VF */
export const withVfs = 1;

const ifla = {
  address: 1,
  ifname: 3,
  mtu: 4,
  link: 5,
  master: 10,
  txqlen: 13,
  operstate: 16,
  linkinfo: 18,
  vfinfoList: 22,
  netNsFd: 28,
  ifalias: 20,
  group: 27,
  extMask: 29,
  linkNetnsid: 37,
  gsoMaxSegs: 40,
  gsoMaxSize: 41,
  xdp: 43,
  propList: 52,
  altIfname: 53,
  parentDevName: 56,
  groMaxSize: 58,
} as const;

/** IFLA_XDP_ */
const xdp = { fd: 1, attached: 2, flags: 3, programId: 4 } as const;
/** XDP_ATTACHED_ */
const xdpModes = [undefined, "drv", "skb", "hw", "multi"] as const;

const infoKind = 1;
const infoData = 2;
const vethInfoPeer = 1;

export interface LinkMessage {
  /** AF_UNSPEC, or AF_BRIDGE for what a bridge says about its port */
  readonly family: number;
  readonly index: number;
  readonly flags: number;
  /** the flags that are meant */
  readonly change: number;
  readonly name?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly link?: number;
  readonly linkNetnsId?: number;
  readonly master?: number;
  readonly txQueueLen?: number;
  readonly operState?: number;
  readonly alias?: string;
  readonly group?: number;
  readonly gsoMaxSize?: number;
  readonly gsoMaxSegs?: number;
  readonly groMaxSize?: number;
  /** XDP_ATTACHED_ and the program's id; in a request `fd` (-1 detaches) and XDP_FLAGS_ */
  readonly xdp?: {
    readonly attached?: number;
    readonly programId?: number;
    readonly fd?: number;
    readonly flags?: number;
  };
  readonly netnsFd?: number;
  readonly extMask?: number;
  readonly parentDevice?: string;
  readonly kind?: string;
  /** selects a link by a name longer than 15 bytes */
  readonly altName?: string;
  readonly altNames?: readonly string[];
  /** of a physical function */
  readonly vfs?: readonly VfMessage[];
  /** the other end, for `kind: "veth"` */
  readonly vethPeer?: LinkMessage;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Bounds = { readonly start: number; readonly end: number };

const ifinfomsgLength = 16;

export function parseLink(bytes: Buffer, { start, end }: Bounds): LinkMessage {
  need(start, end, ifinfomsgLength);
  const link: Draft<LinkMessage> = {
    family: bytes.readUInt8(start),
    index: bytes.readInt32LE(start + 4),
    flags: bytes.readUInt32LE(start + 8),
    change: bytes.readUInt32LE(start + 12),
  };
  eachAttribute(bytes, { start: start + ifinfomsgLength, end }, (type, from, to) => {
    switch (type) {
      case ifla.ifname:
        link.name = readText(bytes, from, to);
        break;
      case ifla.address:
        link.address = readMac(bytes, from, to);
        break;
      case ifla.mtu:
        link.mtu = readU32(bytes, from, to);
        break;
      case ifla.link:
        link.link = readU32(bytes, from, to);
        break;
      case ifla.linkNetnsid:
        link.linkNetnsId = readS32(bytes, from, to);
        break;
      case ifla.master:
        link.master = readU32(bytes, from, to);
        break;
      case ifla.txqlen:
        link.txQueueLen = readU32(bytes, from, to);
        break;
      case ifla.operstate:
        link.operState = readU8(bytes, from, to);
        break;
      case ifla.ifalias:
        link.alias = readText(bytes, from, to);
        break;
      case ifla.group:
        link.group = readU32(bytes, from, to);
        break;
      case ifla.gsoMaxSize:
        link.gsoMaxSize = readU32(bytes, from, to);
        break;
      case ifla.gsoMaxSegs:
        link.gsoMaxSegs = readU32(bytes, from, to);
        break;
      case ifla.groMaxSize:
        link.groMaxSize = readU32(bytes, from, to);
        break;
      case ifla.xdp:
        link.xdp = parseXdp(bytes, { start: from, end: to });
        break;
      case ifla.netNsFd:
        link.netnsFd = readU32(bytes, from, to);
        break;
      case ifla.extMask:
        link.extMask = readU32(bytes, from, to);
        break;
      case ifla.parentDevName:
        link.parentDevice = readText(bytes, from, to);
        break;
      case ifla.altIfname:
        link.altName = readText(bytes, from, to);
        break;
      case ifla.propList:
        link.altNames = parseAltNames(bytes, { start: from, end: to });
        break;
      case ifla.vfinfoList:
        link.vfs = parseVfList(bytes, { start: from, end: to });
        break;
      case ifla.linkinfo:
        parseInfo(bytes, { start: from, end: to }, link);
        break;
    }
  });
  return link;
}

function parseXdp(bytes: Buffer, bounds: Bounds): NonNullable<LinkMessage["xdp"]> {
  const found: Draft<NonNullable<LinkMessage["xdp"]>> = {};
  eachAttribute(bytes, bounds, (type, from, to) => {
    if (type === xdp.fd) found.fd = readS32(bytes, from, to);
    if (type === xdp.attached) found.attached = readU8(bytes, from, to);
    if (type === xdp.flags) found.flags = readU32(bytes, from, to);
    if (type === xdp.programId) found.programId = readU32(bytes, from, to);
  });
  return found;
}

/** "" when no program is attached. */
export function xdpText(message: LinkMessage["xdp"]): string {
  const mode = xdpModes[message?.attached ?? 0];
  return mode === undefined ? "" : `${mode} ${message?.programId ?? 0}`;
}

function parseAltNames(bytes: Buffer, bounds: Bounds): readonly string[] {
  const names: string[] = [];
  eachAttribute(bytes, bounds, (type, from, to) => {
    if (type === ifla.altIfname) names.push(readText(bytes, from, to));
  });
  return names;
}

function parseInfo(bytes: Buffer, bounds: Bounds, link: Draft<LinkMessage>): void {
  let data: Bounds | undefined;
  eachAttribute(bytes, bounds, (type, start, end) => {
    if (type === infoKind) link.kind = readText(bytes, start, end);
    if (type === infoData) data = { start, end };
  });
  if (link.kind !== "veth" || data === undefined) return;
  eachAttribute(bytes, data, (type, start, end) => {
    if (type === vethInfoPeer) link.vethPeer = parseLink(bytes, { start, end });
  });
}

export function printLink(writer: MessageWriter, link: Partial<LinkMessage>): void {
  writer.u8(link.family ?? 0);
  writer.u8(0);
  writer.u16(0);
  writer.s32(link.index ?? 0);
  writer.u32(link.flags ?? 0);
  writer.u32(link.change ?? 0);
  const number = (type: number, value: number | undefined) => {
    if (value !== undefined) writer.attributeU32(type, value);
  };
  const text = (type: number, value: string | undefined) => {
    if (value !== undefined) writer.attributeText(type, value);
  };
  text(ifla.ifname, link.name);
  if (link.address !== undefined) writer.attributeMac(ifla.address, link.address);
  number(ifla.mtu, link.mtu);
  number(ifla.link, link.link);
  number(ifla.linkNetnsid, link.linkNetnsId);
  number(ifla.master, link.master);
  number(ifla.txqlen, link.txQueueLen);
  if (link.operState !== undefined) writer.attributeU8(ifla.operstate, link.operState);
  // Without a NUL: the kernel takes the length as it is, and length 0 removes the alias.
  if (link.alias !== undefined) writer.attribute(ifla.ifalias, Buffer.from(link.alias));
  number(ifla.group, link.group);
  number(ifla.gsoMaxSize, link.gsoMaxSize);
  number(ifla.gsoMaxSegs, link.gsoMaxSegs);
  number(ifla.groMaxSize, link.groMaxSize);
  if (link.xdp !== undefined) printXdp(writer, link.xdp);
  number(ifla.netNsFd, link.netnsFd);
  number(ifla.extMask, link.extMask);
  text(ifla.parentDevName, link.parentDevice);
  text(ifla.altIfname, link.altName);
  const { altNames, kind, vethPeer } = link;
  if (altNames !== undefined) {
    writer.nest(ifla.propList, () => {
      for (const name of altNames) writer.attributeText(ifla.altIfname, name);
    });
  }
  if (link.vfs !== undefined) printVfList(writer, ifla.vfinfoList, link.vfs);
  if (kind === undefined) return;
  writer.nest(ifla.linkinfo, () => {
    writer.attributeText(infoKind, kind);
    if (vethPeer === undefined) return;
    writer.nest(infoData, () => writer.nest(vethInfoPeer, () => printLink(writer, vethPeer)));
  });
}

function printXdp(writer: MessageWriter, message: NonNullable<LinkMessage["xdp"]>): void {
  const { fd, attached, flags, programId } = message;
  writer.nest(ifla.xdp, () => {
    if (fd !== undefined) writer.attributeU32(xdp.fd, fd >>> 0);
    if (attached !== undefined) writer.attributeU8(xdp.attached, attached);
    if (flags !== undefined) writer.attributeU32(xdp.flags, flags);
    if (programId !== undefined) writer.attributeU32(xdp.programId, programId);
  });
}
