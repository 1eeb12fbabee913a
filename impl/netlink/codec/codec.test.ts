import fc from "fast-check";
import { printMac } from "../mac-address.ts";
import { type AddressMessage, parseAddress, printAddress } from "./address.ts";
import { ip, mac, message, s32, text, u8, u16, u32 } from "./arbitraries.ts";
import { codecLaws } from "./codec.laws.ts";
import { type FilterMessage, parseFilter, printFilter } from "./filter.ts";
import { type LinkMessage, parseLink, printLink } from "./link.ts";
import { type NeighMessage, parseNeigh, printNeigh } from "./neigh.ts";
import { parseQdisc, printQdisc, type QdiscMessage } from "./qdisc.ts";
import { parseRoute, printRoute, type RouteMessage } from "./route.ts";
import { parseRule, printRule, type RuleMessage } from "./rule.ts";
import type { VfMessage } from "./vf-info.ts";

const linkHeader = { family: u8, index: s32, flags: u32, change: u32 };
const linkAttributes = {
  name: text,
  address: mac,
  mtu: u32,
  link: u32,
  linkNetnsId: s32,
  master: u32,
  txQueueLen: u32,
  operState: u8,
  alias: text,
  group: u32,
  gsoMaxSize: u32,
  gsoMaxSegs: u32,
  groMaxSize: u32,
  xdp: message({}, { fd: s32, attached: u8, flags: u32, programId: u32 }),
  netnsFd: u32,
  extMask: u32,
  parentDevice: text,
  altName: text,
  altNames: fc.array(text, { maxLength: 4 }),
};
const vfMessage = message<VfMessage>(
  // Without any attribute nothing says which VF it is.
  { vf: u32, spoofCheck: u32 },
  {
    mac: fc.uint8Array({ minLength: 6, maxLength: 6 }).map(printMac),
    ...{ vlan: message({ id: u32, qos: u32 }, {}), rate: message({ min: u32, max: u32 }, {}) },
    ...{ tag: message({ id: u32, qos: u32, protocol: u16 }, {}), linkState: u32, trust: u32 },
  },
);
const plainLink = message<LinkMessage>(linkHeader, {
  ...linkAttributes,
  ...{ kind: text, vfs: fc.array(vfMessage, { maxLength: 3 }) },
});
const veth = message<LinkMessage>(
  { ...linkHeader, kind: fc.constant("veth") },
  { ...linkAttributes, vethPeer: plainLink },
);

codecLaws({
  name: "link",
  messages: fc.oneof(plainLink, veth),
  print: printLink,
  parse: parseLink,
});

codecLaws({
  name: "address",
  messages: message<AddressMessage>(
    { family: u8, prefixLength: u8, flags: u32, scope: u8, index: u32 },
    { local: ip, address: ip },
  ),
  print: printAddress,
  parse: parseAddress,
});

codecLaws({
  name: "route",
  messages: message<RouteMessage>(
    { family: u8, dstLength: u8, table: u32, protocol: u8, scope: u8, type: u8, flags: u32 },
    { dst: ip, gateway: ip, via: ip, oif: u32, src: ip, metric: u32, mtu: u32, advmss: u32 },
  ),
  print: printRoute,
  parse: parseRoute,
});

codecLaws({
  name: "rule",
  messages: message<RuleMessage>(
    { family: u8, dstLength: u8, srcLength: u8, table: u32, action: u8 },
    { dst: ip, src: ip, iif: text, priority: u32, fwmark: u32 },
  ),
  print: printRule,
  parse: parseRule,
});

codecLaws({
  name: "neigh",
  messages: message<NeighMessage>(
    { family: u8, index: s32, state: u16, flags: u8, type: u8 },
    { dst: ip, lladdr: mac },
  ),
  print: printNeigh,
  parse: parseNeigh,
});

codecLaws({
  name: "qdisc",
  messages: message<QdiscMessage>(
    { index: s32, handle: u32, parent: u32 },
    { kind: text, dropped: u32 },
  ),
  print: printQdisc,
  parse: parseQdisc,
});

const instruction = fc.tuple(u16, u8, u8, u32).map((fields) => fields.join(" "));
const bytecode = fc
  .array(instruction, { minLength: 1, maxLength: 300 })
  .map((all) => [all.length, ...all].join(","));
const filterHeader = { index: s32, handle: u32, parent: u32, preference: u16, protocol: u16 };

codecLaws({
  name: "filter",
  messages: fc.oneof(
    message<FilterMessage>(filterHeader, {}),
    message<FilterMessage>({ ...filterHeader, kind: fc.constant("u32"), mirredTo: u32 }, {}),
    message<FilterMessage>(
      { ...filterHeader, kind: fc.constant("bpf"), name: text },
      { programFd: u32 },
    ),
    message<FilterMessage>({ ...filterHeader, kind: fc.constant("bpf"), bytecode }, { name: text }),
  ),
  print: printFilter,
  parse: parseFilter,
});
