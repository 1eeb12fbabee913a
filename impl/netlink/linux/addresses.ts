/** `ip address` over netlink, both families. */
import { checkedPrefix } from "../argument.ts";
import { addressFlags, addressTypes, parseAddress, printAddress } from "../codec/address.ts";
import { messageFlags } from "../codec/message.ts";
import { addressAddWords } from "../command.ts";
import type { Prefix } from "../ip-address.ts";
import type { Address, AddressSpec } from "../kernel.ts";
import { familyNumbers, familyOfNumber } from "./family.ts";
import { linkIndex, listLinks } from "./links.ts";
import type { Request, RequestSocket } from "./request-socket.ts";
import { scopeNames, scopeNumbers } from "./scope.ts";

export function listAddresses(socket: RequestSocket, link: string | undefined): Address[] {
  const words = () => (link === undefined ? "ip address show" : `ip address show dev ${link}`);
  const index = link === undefined ? 0 : linkIndex(socket, link, words);
  const names = new Map(
    link === undefined ? listLinks(socket).map((each) => [each.index, each.name]) : [[index, link]],
  );
  return socket.dump(
    {
      type: addressTypes.get,
      words,
      print: (writer) =>
        printAddress(writer, { family: 0, prefixLength: 0, flags: 0, scope: 0, index: 0 }),
    },
    (bytes, message) => {
      const family = familyOfNumber(bytes[message.start]);
      if (family === undefined) return undefined;
      const found = parseAddress(bytes, message);
      const name = names.get(found.index);
      if (name === undefined) return undefined;
      return {
        link: name,
        family,
        address: `${found.local ?? found.address}/${found.prefixLength}`,
        scope: scopeNames(found.scope),
        flags: flagNames(found.flags, family === 6),
      };
    },
  );
}

/** IFA_F_TEMPORARY and IFA_F_SECONDARY share a bit: which it is depends on the family. */
function flagNames(flags: number, v6: boolean): string[] {
  return Object.entries(addressFlags)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => (name === "secondary" && v6 ? "temporary" : name));
}

export function addAddress(socket: RequestSocket, link: string, spec: AddressSpec): void {
  socket.act(addressAdding(socket, link, spec));
}

export function addressAdding(socket: RequestSocket, link: string, spec: AddressSpec): Request {
  const words = () => addressAddWords(link, spec);
  const prefix = checkedPrefix(spec.address, words);
  const index = linkIndex(socket, link, words);
  return {
    type: addressTypes.new,
    flags: messageFlags.create | messageFlags.exclusive,
    words,
    print: (writer) =>
      printAddress(writer, {
        family: familyNumbers[prefix.family],
        prefixLength: prefix.length,
        flags:
          (spec.nodad ? addressFlags.nodad : 0) |
          (spec.noprefixroute ? addressFlags.noprefixroute : 0),
        scope: scopeNumbers[spec.scope ?? defaultScope(prefix)],
        index,
        local: prefix.address,
        address: prefix.address,
      }),
  };
}

/** as iproute2 does for IPv4; IPv6 derives scopes itself */
function defaultScope({ address }: Prefix): "global" | "host" {
  return address.startsWith("127.") ? "host" : "global";
}

export function deleteAddress(socket: RequestSocket, link: string, address: string): void {
  socket.act(addressDeleting(socket, link, address));
}

export function addressDeleting(socket: RequestSocket, link: string, address: string): Request {
  const words = () => `ip address del ${address} dev ${link}`;
  const prefix = checkedPrefix(address, words);
  const index = linkIndex(socket, link, words);
  return {
    type: addressTypes.del,
    words,
    print: (writer) =>
      printAddress(writer, {
        family: familyNumbers[prefix.family],
        prefixLength: prefix.length,
        flags: 0,
        scope: 0,
        index,
        local: prefix.address,
        address: prefix.address,
      }),
  };
}
