/**
 * Tells the neighbours where an address lives now, so that one that was another VF's a moment ago is reached at once:
 * a gratuitous ARP request (RFC 5227 section 2.3) and an unsolicited neighbour advertisement (RFC 4861 section 7.2.6).
 */
import { parseIp } from "../netlink/ip-address.ts";
import { parseMac } from "../netlink/mac-address.ts";

/** `address` is bare, of either family. The frame is whole, Ethernet header included. */
export function announcement(mac: string, address: string): Uint8Array {
  const from = parseMac(mac);
  const ip = parseIp(address);
  if (from?.length !== 6 || ip === undefined) {
    throw new RangeError(`Cannot announce "${address}" at "${mac}": it is no address and EUI-48`);
  }
  return ip.length === 4 ? gratuitousArp(from, ip) : unsolicitedNa(from, ip);
}

const broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

function gratuitousArp(mac: Uint8Array, ip: Uint8Array): Uint8Array {
  const head = [0x08, 0x06, /* Ethernet */ 0, 1, /* IPv4 */ 8, 0, 6, 4, /* request */ 0, 1];
  // Sender and target protocol address are the same; the target's hardware address is unknown.
  return Uint8Array.from([...broadcast, ...mac, ...head, ...mac, ...ip, 0, 0, 0, 0, 0, 0, ...ip]);
}

/** ff02::1 */
const allNodes = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const icmpv6 = 58;
const neighborAdvertisement = 136;
const override = 0x20;

function unsolicitedNa(mac: Uint8Array, ip: Uint8Array): Uint8Array {
  const targetLinkLayerAddress = [2, 1, ...mac];
  const flags = [override, 0, 0, 0];
  const body = (sum: number) => [
    ...[neighborAdvertisement, 0, sum >> 8, sum & 0xff, ...flags, ...ip],
    ...targetLinkLayerAddress,
  ];
  const length = body(0).length;
  const pseudoHeader = [...ip, ...allNodes, 0, 0, 0, length, 0, 0, 0, icmpv6];
  const message = body(checksum([...pseudoHeader, ...body(0)]));
  // Receivers drop an advertisement whose hop limit is not 255: it would come from beyond a router.
  const ipHeader = [0x60, 0, 0, 0, 0, length, icmpv6, 255, ...ip, ...allNodes];
  return Uint8Array.from([0x33, 0x33, 0, 0, 0, 1, ...mac, 0x86, 0xdd, ...ipHeader, ...message]);
}

/** The Internet checksum (RFC 1071) of an even number of bytes. */
function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
