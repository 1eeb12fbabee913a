/**
 * The program that lets of what a pod sends only pass what the pod may say: its MAC, its addresses in IPv4, IPv6, ARP and
 * neighbour discovery, no VLAN tag, and nothing but these protocols. What a stack could understand otherwise than this
 * program does, such as ND behind extension headers, is followed to its end or dropped.
 */

import { assembleClassic, type Step } from "../../netlink/bpf/classic.ts";
import { familyOf, parseIp } from "../../netlink/ip-address.ts";
import type { Family } from "../../netlink/kernel.ts";
import { parseMac } from "../../netlink/mac-address.ts";

/** What a pod may be on the wire. */
export interface Sources {
  readonly mac: string;
  /** bare, with the link-local ones */
  readonly addresses: readonly string[];
  /** every address of fe80::/10 is the pod's own to choose */
  readonly anyLinkLocal: boolean;
}

/** TC_ACT_SHOT, TC_ACT_UNSPEC */
const drop = 2;
const next = 0xffffffff;

const sourceMac = 6;
const etherType = 12;
const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
/** from the frame's start */
const ipv4 = { length: 34, source: 26 } as const;
const arp = { length: 42, kinds: 14, lengths: 18, senderMac: 22, senderIp: 28 } as const;
const ipv6 = { length: 54, nextHeader: 20, source: 22 } as const;

/** Ethernet and IPv4, six bytes and four */
const arpKinds = 0x00010800;
const arpLengths = 0x0604;

const headers = { hopByHop: 0, routing: 43, fragment: 44, icmp: 58, options: 60 } as const;
/** linked in a row before the last one; more are nobody's honest traffic */
const mostHeaders = 4;
const icmp = {
  ...{ mldReport: 131, mldDone: 132, routerSolicitation: 133, routerAdvertisement: 134 },
  ...{ neighbourSolicitation: 135, neighbourAdvertisement: 136, redirect: 137, mldReport2: 143 },
} as const;
/** options of ND: the two with a MAC, and the nonce of RFC 7527 */
const options = { source: 1, target: 2, nonce: 14 } as const;
const mostOptions = 4;

/** of the program */
const variables = { x: 0, header: 1, isUnspecified: 2 } as const;

/** What of the sources a program compares with: in numbers, in the frame's order of bytes. */
interface Numbers {
  /** its first four bytes and its last two */
  readonly mac: readonly [number, number];
  readonly addresses: readonly { readonly family: Family; readonly words: readonly number[] }[];
  readonly anyLinkLocal: boolean;
}

/** Programs for sources of the same kinds differ in their numbers alone, and assembling is most of the work. */
const templates = new Map<string, string>();
const templatesKept = 100;
/** in place of the numbers: no other constant of the program is as large */
const firstPlaceholder = 0xf0000000;
const placeholder = new RegExp(`(?<= )${`${firstPlaceholder}`.slice(0, 6)}\\d{4}(?=,|$)`, "g");

/** In the words of `tc … bpf bytecode`, for the ingress of the representor. */
export function antiSpoofProgram(sources: Sources): string {
  const { anyLinkLocal } = sources;
  const mac = macNumbers(sources.mac);
  const addresses = sources.addresses.map((one) => ({
    family: familyOf(one),
    words: wordsOf(one),
  }));
  const kind = `${anyLinkLocal} ${addresses.map(({ family }) => family).join("")}`;
  let template = templates.get(kind);
  if (template === undefined) {
    let number = firstPlaceholder;
    const another = () => number++;
    template = assembled({
      anyLinkLocal,
      mac: [another(), another()],
      addresses: addresses.map(({ family, words }) => ({ family, words: words.map(another) })),
    });
    if (templates.size >= templatesKept) templates.clear();
    templates.set(kind, template);
  }
  const numbers = [...mac, ...addresses.flatMap(({ words }) => words)];
  return template.replace(placeholder, (found) => {
    return String(numbers[Number(found) - firstPlaceholder]);
  });
}

function assembled(sources: Numbers): string {
  return assembleClassic([
    { load: "isTagged" },
    { when: "equal", value: 0, otherwise: "drop" },
    ...atLeast(ipv4.length),
    ...macAt({ at: sourceMac }, sources.mac),
    { load: "half", at: etherType },
    { when: "equal", value: etherTypes.ipv4, goTo: "ipv4" },
    { when: "equal", value: etherTypes.ipv6, goTo: "ipv6" },
    { when: "equal", value: etherTypes.arp, goTo: "arp", otherwise: "drop" },
    ...arpSteps(sources),
    ...ipv4Steps(sources),
    ...ipv6Steps(sources),
    { label: "next" },
    { answer: next },
    { label: "drop" },
    { answer: drop },
  ]);
}

/** For the egress of a representor on a link that others share: what is neither for the pod nor for many is not shown it. */
export function deliveryProgram(mac: string): string {
  return assembleClassic([
    { load: "byte", at: 0 },
    { when: "anyBit", value: 1, goTo: "next" },
    ...macAt({ at: 0 }, macNumbers(mac)),
    { label: "next" },
    { answer: next },
    { label: "drop" },
    { answer: drop },
  ]);
}

function arpSteps({ mac, addresses }: Numbers): readonly Step[] {
  return [
    { label: "arp" },
    ...atLeast(arp.length),
    { load: "word", at: arp.kinds },
    { when: "equal", value: arpKinds, otherwise: "drop" },
    { load: "half", at: arp.lengths },
    { when: "equal", value: arpLengths, otherwise: "drop" },
    ...macAt({ at: arp.senderMac }, mac),
    { load: "word", at: arp.senderIp },
    // A probe for a conflict names no sender (RFC 5227).
    { when: "equal", value: 0, goTo: "next" },
    ...oneOfIpv4(addresses),
  ];
}

function ipv4Steps({ addresses }: Numbers): readonly Step[] {
  return [{ label: "ipv4" }, { load: "word", at: ipv4.source }, ...oneOfIpv4(addresses)];
}

function oneOfIpv4(addresses: Numbers["addresses"]): readonly Step[] {
  const words = addresses.filter(({ family }) => family === 4).flatMap((one) => one.words);
  const own = words.map((value): Step => ({ when: "equal", value, goTo: "next" }));
  return [...own, { go: "drop" }];
}

function ipv6Steps(sources: Numbers): readonly Step[] {
  const { source } = ipv6;
  return [
    { label: "ipv6" },
    ...atLeast(ipv6.length),
    { load: "number", value: 0 },
    { store: "a", variable: variables.isUnspecified },
    ...oneOfIpv6((at) => ({ load: "word", at: source + at }), sources, {
      name: "source",
      goTo: "headers",
    }),
    ...[0, 4, 8, 12].flatMap((at): Step[] => [
      { load: "word", at: source + at },
      { when: "equal", value: 0, otherwise: "drop" },
    ]),
    { load: "number", value: 1 },
    { store: "a", variable: variables.isUnspecified },
    { label: "headers" },
    ...headerSteps(),
    ...icmpSteps(sources),
    { label: "other" },
    // Whoever has no address yet asks for one, and says no more.
    { load: "variable", value: variables.isUnspecified },
    { when: "equal", value: 0, goTo: "next", otherwise: "drop" },
  ];
}

/** Goes on at `goTo` when the address that `word` loads is the pod's, else with the step behind. */
function oneOfIpv6(
  word: (at: number) => Step,
  { addresses, anyLinkLocal }: Numbers,
  { name, goTo }: { readonly name: string; readonly goTo: string },
): readonly Step[] {
  const own = addresses.filter(({ family }) => family === 6);
  const linkLocal: readonly Step[] = [
    word(0),
    { compute: "and", value: 0xffc00000 },
    { when: "equal", value: 0xfe800000, goTo },
  ];
  return [
    ...(anyLinkLocal ? linkLocal : []),
    ...own.flatMap(({ words }, i): readonly Step[] => {
      const other = `${name}-not-${i}`;
      const compared = words.flatMap((value, part): Step[] => [
        word(part * 4),
        { when: "equal", value, otherwise: other },
      ]);
      return [...compared, { go: goTo }, { label: other }];
    }),
  ];
}

/** Follows the headers of IPv6 to the last, which X then points at. */
function headerSteps(): readonly Step[] {
  const each = Array.from({ length: mostHeaders }, (_, i): readonly Step[] => [
    { label: `header-${i}` },
    { when: "equal", value: headers.icmp, goTo: "icmp" },
    { when: "equal", value: headers.fragment, goTo: `fragment-${i}` },
    { when: "equal", value: headers.hopByHop, goTo: `extension-${i}` },
    { when: "equal", value: headers.routing, goTo: `extension-${i}` },
    { when: "equal", value: headers.options, otherwise: "other" },
    { label: `extension-${i}` },
    ...eightMore(),
    { load: "byte", fromX: 0 },
    { store: "a", variable: variables.header },
    // Its length is told in units of eight bytes beyond the first.
    { load: "byte", fromX: 1 },
    { compute: "add", value: 1 },
    { compute: "shiftLeft", value: 3 },
    { compute: "addX" },
    { loadX: "a" },
    { load: "variable", value: variables.header },
    { go: `header-${i + 1}` },
    { label: `fragment-${i}` },
    ...eightMore(),
    // What follows the first fragment has no headers; it is put together only with that one.
    { load: "half", fromX: 2 },
    { when: "anyBit", value: 0xfff8, goTo: "other" },
    { load: "byte", fromX: 0 },
    { store: "a", variable: variables.header },
    { load: "x" },
    { compute: "add", value: 8 },
    { loadX: "a" },
    { load: "variable", value: variables.header },
    { go: `header-${i + 1}` },
  ]);
  return [
    { loadX: "number", value: ipv6.length },
    { load: "byte", at: ipv6.nextHeader },
    ...each.flat(),
    { label: `header-${mostHeaders}` },
    { when: "equal", value: headers.icmp, goTo: "icmp" },
    ...[headers.fragment, headers.hopByHop, headers.routing, headers.options].map(
      (value): Step => ({ when: "equal", value, goTo: "drop" }),
    ),
    { go: "other" },
  ];
}

/** X points at the message. */
function icmpSteps(sources: Numbers): readonly Step[] {
  const { neighbourAdvertisement, neighbourSolicitation, routerSolicitation } = icmp;
  return [
    { label: "icmp" },
    ...eightMore(),
    { load: "byte", fromX: 0 },
    // A pod is nobody's router.
    { when: "equal", value: icmp.routerAdvertisement, goTo: "drop" },
    { when: "equal", value: icmp.redirect, goTo: "drop" },
    { when: "equal", value: neighbourAdvertisement, goTo: "advertisement" },
    { when: "equal", value: neighbourSolicitation, goTo: "solicitation" },
    { when: "equal", value: routerSolicitation, goTo: "router-solicitation" },
    ...[icmp.mldReport, icmp.mldDone, icmp.mldReport2].map(
      (value): Step => ({ when: "equal", value, goTo: "next" }),
    ),
    { go: "other" },
    { label: "advertisement" },
    ...moreThan(24),
    ...oneOfIpv6((at) => ({ load: "word", fromX: 8 + at }), sources, {
      name: "target",
      goTo: "solicitation",
    }),
    { go: "drop" },
    { label: "solicitation" },
    ...moreThan(24),
    { load: "x" },
    { compute: "add", value: 24 },
    { go: "options" },
    { label: "router-solicitation" },
    { load: "x" },
    { compute: "add", value: 8 },
    { label: "options" },
    { loadX: "a" },
    ...optionSteps(sources),
  ];
}

/** X points at the first option of a message of ND. */
function optionSteps({ mac }: Numbers): readonly Step[] {
  const each = Array.from({ length: mostOptions }, (_, i): readonly Step[] => [
    { label: `option-${i}` },
    { load: "length" },
    { when: "equal", value: "x", goTo: "next" },
    ...eightMore(),
    { load: "byte", fromX: 0 },
    { when: "equal", value: options.nonce, goTo: `skip-${i}` },
    { when: "equal", value: options.source, goTo: `mac-${i}` },
    { when: "equal", value: options.target, otherwise: "drop" },
    { label: `mac-${i}` },
    { load: "byte", fromX: 1 },
    { when: "equal", value: 1, otherwise: "drop" },
    ...macAt({ fromX: 2 }, mac),
    { label: `skip-${i}` },
    { load: "byte", fromX: 1 },
    { when: "equal", value: 0, goTo: "drop" },
    { compute: "shiftLeft", value: 3 },
    { compute: "addX" },
    { loadX: "a" },
  ]);
  return [
    ...each.flat(),
    { load: "length" },
    { when: "equal", value: "x", goTo: "next" },
    { go: "drop" },
  ];
}

/** The frame has at least so many bytes, or is dropped. */
function atLeast(bytes: number): readonly Step[] {
  return [{ load: "length" }, { when: "atLeast", value: bytes, otherwise: "drop" }];
}

/** The frame has so many bytes from X on, or is dropped; X stays as it is. */
function moreThan(bytes: number): readonly Step[] {
  return [
    { store: "x", variable: variables.x },
    { load: "x" },
    { compute: "add", value: bytes },
    { loadX: "length" },
    { when: "above", value: "x", goTo: "drop" },
    { loadX: "variable", value: variables.x },
  ];
}

function eightMore(): readonly Step[] {
  return moreThan(8);
}

/** The MAC there is this one, or the frame is dropped. */
function macAt(
  where: { readonly at: number } | { readonly fromX: number },
  [start, end]: Numbers["mac"],
): readonly Step[] {
  const behind = "at" in where ? { at: where.at + 4 } : { fromX: where.fromX + 4 };
  return [
    { load: "word", ...where },
    { when: "equal", value: start, otherwise: "drop" },
    { load: "half", ...behind },
    { when: "equal", value: end, otherwise: "drop" },
  ];
}

function macNumbers(mac: string): Numbers["mac"] {
  const bytes = Buffer.from(parseMac(mac) ?? []);
  return [bytes.readUInt32BE(0), bytes.readUInt16BE(4)];
}

function wordsOf(address: string): readonly number[] {
  const bytes = Buffer.from(parseIp(address) ?? []);
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(i * 4));
}
