/** Frames that a pod may send and frames it may not, for the tests of the guard. */
import * as f from "./frames.fixture.ts";
import { linkLocalOf } from "./link-local.ts";

export const [mac, other] = ["02:aa:00:00:00:01", "02:aa:00:00:00:02"];
export const [ip4, ip4b, foreign4, router4] = [
  "10.244.1.5",
  "10.9.0.1",
  "10.244.1.6",
  "169.254.1.1",
];
export const [ip6, foreign6] = ["fd00:10:244:1::5", "fd00:10:244:1::6"];
const ll = linkLocalOf(mac);
export const sources = { mac, addresses: [ip4, ip4b, ip6, ll], anyLinkLocal: false };

export const types = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
const v4 = (src: string, from = mac) => f.ethernet(from, types.ipv4, f.ipv4(src, foreign4));
const arp = (sender: readonly [string, string], from = mac) =>
  f.ethernet(from, types.arp, f.arp(1, sender, router4));
export const v6 = (src: string, next: number, payload: Uint8Array) =>
  f.ethernet(mac, types.ipv6, f.ipv6(src, "ff02::1", next, payload));
export const nd = (src: string, message: Uint8Array) => v6(src, 58, message);
export const ownMac = f.linkLayer(1, mac);
const foreignMac = f.linkLayer(2, other);
const echo = f.icmp6(128, Buffer.alloc(4));
export const advert = f.icmp6(134, Buffer.alloc(12));

export const own: Readonly<Record<string, Buffer>> = {
  "IPv4 from its address": v4(ip4),
  "IPv4 from its second address": v4(ip4b),
  "an ARP question": arp([mac, ip4]),
  "an ARP probe": arp([mac, "0.0.0.0"]),
  "UDP over IPv6": v6(ip6, 17, Buffer.alloc(16)),
  "UDP from its link-local address": v6(ll, 17, Buffer.alloc(16)),
  "an echo request": nd(ip6, echo),
  DAD: nd("::", f.solicitation(ip6, [f.nonce()])),
  "DAD without a nonce": nd("::", f.solicitation(ll)),
  "a question for a neighbour": nd(ip6, f.solicitation(foreign6, [ownMac])),
  "a question, nonce first": nd(ll, f.solicitation(foreign6, [f.nonce(), ownMac])),
  "an answer for its address": nd(ip6, f.advertisement(ip6, [f.linkLayer(2, mac)])),
  "an answer for its link-local address": nd(ll, f.advertisement(ll, [f.linkLayer(2, mac)])),
  "a question for routers": nd(ll, f.icmp6(133, Buffer.concat([Buffer.alloc(4), ownMac]))),
  "a question for routers without address": nd("::", f.icmp6(133, Buffer.alloc(4))),
  "a report of groups": v6("::", 0, f.extension(58, f.icmp6(143, Buffer.alloc(24)))),
  "a first fragment": v6(ip6, 44, Buffer.concat([Buffer.from([58, 0, 0, 1, 0, 0, 0, 0]), echo])),
  "a later fragment": v6(ip6, 44, Buffer.concat([Buffer.from([58, 0, 5, 0, 0, 0, 0, 0]), advert])),
  "TCP behind an extension": v6(ip6, 60, f.extension(6, Buffer.alloc(20))),
};

export const foreign: Readonly<Record<string, Buffer>> = {
  "another MAC": v4(ip4, other),
  "another MAC in its last bytes": v4(ip4, "02:aa:00:00:ff:01"),
  "IPv4 from another's address": v4(foreign4),
  "IPv4 from nobody": v4("0.0.0.0"),
  "ARP with another's MAC inside": arp([other, ip4]),
  "ARP in the router's name": arp([mac, router4]),
  "ARP in another's name": arp([mac, foreign4]),
  "ARP from another MAC": arp([mac, ip4], other),
  "ARP of another kind": f.ethernet(
    mac,
    types.arp,
    Buffer.concat([Buffer.from("0006", "hex"), f.arp(1, [mac, ip4], ip4b).subarray(2)]),
  ),
  "UDP from another's IPv6 address": v6(foreign6, 17, Buffer.alloc(16)),
  "UDP from nobody": v6("::", 17, Buffer.alloc(16)),
  "an echo request from nobody": nd("::", echo),
  "UDP from another's link-local address": v6(linkLocalOf(other), 17, Buffer.alloc(16)),
  "a question with another's MAC": nd(ip6, f.solicitation(foreign6, [foreignMac])),
  "a question with another's MAC behind its own": nd(
    ip6,
    f.solicitation(foreign6, [ownMac, foreignMac]),
  ),
  "a question in another's name": nd(foreign6, f.solicitation(ip6, [ownMac])),
  "an answer for another's address": nd(ip6, f.advertisement(foreign6, [f.linkLayer(2, mac)])),
  "an answer for the router": nd(ip6, f.advertisement("fe80::1", [f.linkLayer(2, mac)])),
  "an answer with another's MAC": nd(ip6, f.advertisement(ip6, [foreignMac])),
  "an answer with five options": nd(
    ip6,
    f.advertisement(ip6, [f.nonce(), f.nonce(), f.nonce(), f.nonce(), ownMac]),
  ),
  "an answer with an option of no length": nd(
    ip6,
    f.advertisement(ip6, [Buffer.from([14, 0, 0, 0, 0, 0, 0, 0])]),
  ),
  "an answer with an unknown option": nd(
    ip6,
    f.advertisement(ip6, [Buffer.from([3, 1, 0, 0, 0, 0, 0, 0])]),
  ),
  "an answer that is cut": nd(ip6, f.advertisement(ip6).subarray(0, 20)),
  "an option that is cut": nd(ip6, f.advertisement(ip6, [foreignMac.subarray(0, 5)])),
  "a router's advertisement": nd(ll, advert),
  "a redirect": nd(ll, f.icmp6(137, Buffer.alloc(36))),
  "a router's advertisement behind an extension": v6(ll, 60, f.extension(58, advert)),
  "a router's advertisement behind two": v6(ll, 0, f.extension(60, f.extension(58, advert))),
  "a router's advertisement as atomic fragment": v6(ll, 44, f.extension(58, advert)),
  "an answer for another behind routing": v6(ip6, 43, f.extension(58, f.advertisement(foreign6))),
  "five extensions": v6(
    ip6,
    0,
    [60, 60, 60, 60, 58].reduceRight((inner, next) => f.extension(next, inner), advert),
  ),
  "IPv6 that is cut": v6(ip6, 58, Buffer.alloc(0)),
  "a tag inside": f.ethernet(
    mac,
    0x8100,
    Buffer.concat([Buffer.from("00070800", "hex"), f.ipv4(ip4, foreign4)]),
  ),
  "a service tag inside": f.ethernet(
    mac,
    0x88a8,
    Buffer.concat([Buffer.from("00070800", "hex"), f.ipv4(ip4, foreign4)]),
  ),
  "another protocol": f.ethernet(mac, 0x88cc, Buffer.alloc(46)),
  "a bridge's protocol": f.ethernet(mac, 0x0026, Buffer.alloc(46)),
  "nothing behind the header": f.ethernet(mac, types.ipv4, Buffer.alloc(0)),
  "ARP that is cut": f.ethernet(mac, types.arp, f.arp(1, [mac, ip4], ip4b).subarray(0, 22)),
};
