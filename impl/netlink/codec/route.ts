/** RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE: `struct rtmsg` and its RTA_ attributes (linux/rtnetlink.h). */

import { parseIp } from "../ip-address.ts";
import { eachAttribute, need, readIp, readU32 } from "./attribute.ts";
import type { MessageWriter } from "./message-writer.ts";

export const routeTypes = { new: 24, del: 25, get: 26 } as const;

/** RTNH_F_ONLINK */
export const onlinkFlag = 4;

const rta = {
  dst: 1,
  oif: 4,
  gateway: 5,
  priority: 6,
  prefsrc: 7,
  metrics: 8,
  table: 15,
  via: 18,
} as const;
const rtax = { mtu: 2, advmss: 8 } as const;
const rtmsgLength = 12;
const familyNumber = { 4: 2, 16: 10 } as const;

export interface RouteMessage {
  readonly family: number;
  readonly dstLength: number;
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  /** RTN_UNICAST 1, … */
  readonly type: number;
  readonly flags: number;
  readonly dst?: string;
  readonly gateway?: string;
  /** a gateway of the other family (IPv4 by an IPv6 hop) */
  readonly via?: string;
  readonly oif?: number;
  readonly src?: string;
  readonly metric?: number;
  readonly mtu?: number;
  readonly advmss?: number;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Bounds = { readonly start: number; readonly end: number };

export function parseRoute(bytes: Buffer, { start, end }: Bounds): RouteMessage {
  need(start, end, rtmsgLength);
  const route: Draft<RouteMessage> = {
    family: bytes.readUInt8(start),
    dstLength: bytes.readUInt8(start + 1),
    table: bytes.readUInt8(start + 4),
    protocol: bytes.readUInt8(start + 5),
    scope: bytes.readUInt8(start + 6),
    type: bytes.readUInt8(start + 7),
    flags: bytes.readUInt32LE(start + 8),
  };
  eachAttribute(bytes, { start: start + rtmsgLength, end }, (type, from, to) => {
    switch (type) {
      case rta.dst:
        route.dst = readIp(bytes, from, to);
        break;
      case rta.gateway:
        route.gateway = readIp(bytes, from, to);
        break;
      case rta.via:
        // struct rtvia: the family, then the address
        route.via = readIp(bytes, Math.min(from + 2, to), to);
        break;
      case rta.oif:
        route.oif = readU32(bytes, from, to);
        break;
      case rta.prefsrc:
        route.src = readIp(bytes, from, to);
        break;
      case rta.priority:
        route.metric = readU32(bytes, from, to);
        break;
      case rta.table:
        route.table = readU32(bytes, from, to);
        break;
      case rta.metrics:
        parseMetrics(bytes, { start: from, end: to }, route);
        break;
    }
  });
  return route;
}

function parseMetrics(bytes: Buffer, bounds: Bounds, route: Draft<RouteMessage>): void {
  eachAttribute(bytes, bounds, (type, from, to) => {
    if (type === rtax.mtu) route.mtu = readU32(bytes, from, to);
    if (type === rtax.advmss) route.advmss = readU32(bytes, from, to);
  });
}

export function printRoute(writer: MessageWriter, route: RouteMessage): void {
  writer.u8(route.family);
  writer.u8(route.dstLength);
  writer.u16(0);
  // Table numbers above a byte fit only into the attribute, which wins over this byte.
  writer.u8(route.table < 256 ? route.table : 0);
  writer.u8(route.protocol);
  writer.u8(route.scope);
  writer.u8(route.type);
  writer.u32(route.flags);
  const ip = (type: number, value: string | undefined) => {
    if (value !== undefined) writer.attributeIp(type, value);
  };
  const number = (type: number, value: number | undefined) => {
    if (value !== undefined) writer.attributeU32(type, value);
  };
  ip(rta.dst, route.dst);
  ip(rta.gateway, route.gateway);
  if (route.via !== undefined) printVia(writer, route.via);
  number(rta.oif, route.oif);
  ip(rta.prefsrc, route.src);
  number(rta.priority, route.metric);
  number(rta.table, route.table);
  const { mtu, advmss } = route;
  if (mtu === undefined && advmss === undefined) return;
  writer.nest(rta.metrics, () => {
    number(rtax.mtu, mtu);
    number(rtax.advmss, advmss);
  });
}

function printVia(writer: MessageWriter, via: string): void {
  const bytes = parseIp(via) ?? new Uint8Array();
  const family = bytes.length === 4 ? familyNumber[4] : familyNumber[16];
  writer.attribute(rta.via, Uint8Array.of(family, 0, ...bytes));
}
