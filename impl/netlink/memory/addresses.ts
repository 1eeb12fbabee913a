/** Addresses in memory. Duplicate address detection is over at once; no link-local address appears by itself. */
import { checkedPrefix } from "../argument.ts";
import { addressAddWords } from "../command.ts";
import { contains } from "../ip-address.ts";
import type { Address, AddressSpec } from "../kernel.ts";
import { type MemoryAddress, type MemoryLink, needLink, type Place, refusal } from "./model.ts";
import { addPrefixRoutes, dropPrefixRoute } from "./routes.ts";

export function listAddresses(place: Place, name: string | undefined): Address[] {
  const links =
    name === undefined
      ? place.netns.links
      : [needLink(place, name, () => `ip address show dev ${name}`)];
  const all = links.flatMap((link) => link.addresses.map((address) => show(link, address)));
  return [4, 6].flatMap((family) => all.filter((address) => address.family === family));
}

function show(link: MemoryLink, address: MemoryAddress): Address {
  const { family, ip, length, spec } = address;
  const primary = link.addresses.find((other) => sameSubnet(other, address));
  const tentative = family === 6 && !spec.nodad && !link.up;
  const flags = [
    family === 4 && primary !== address && "secondary",
    family === 6 && spec.nodad && "nodad",
    tentative && "tentative",
    "permanent",
    spec.noprefixroute && "noprefixroute",
  ];
  return {
    link: link.name,
    family,
    address: `${ip}/${length}`,
    scope: spec.scope ?? defaultScope(ip),
    flags: flags.filter((flag) => typeof flag === "string"),
  };
}

function defaultScope(ip: string): "global" | "link" | "host" {
  if (ip.startsWith("127.") || ip === "::1") return "host";
  return ip.startsWith("fe80:") ? "link" : "global";
}

function sameSubnet(one: MemoryAddress, other: MemoryAddress): boolean {
  const prefix = { family: one.family, address: one.ip, length: one.length };
  return one.length === other.length && contains(prefix, other.ip);
}

export function addAddress(place: Place, name: string, spec: AddressSpec): void {
  const words = () => addressAddWords(name, spec);
  const { family, address: ip, length } = checkedPrefix(spec.address, words);
  const link = needLink(place, name, words);
  const address: MemoryAddress = { family, ip, length, spec };
  const there = link.addresses.some(
    (other) => other.ip === ip && (family === 6 || other.length === length),
  );
  if (there) {
    const text = family === 4 ? "ipv4: Address already assigned" : "ipv6: address already assigned";
    throw refusal(place, "EEXIST", { words: words(), text });
  }
  link.addresses.push(address);
  if (link.up) addPrefixRoutes(link, [address]);
}

export function deleteAddress(place: Place, name: string, text: string): void {
  const words = () => `ip address del ${text} dev ${name}`;
  const prefix = checkedPrefix(text, words);
  const link = needLink(place, name, words);
  const found = link.addresses.find(
    (address) => address.ip === prefix.address && address.length === prefix.length,
  );
  if (found === undefined) {
    const state = prefix.family === 4 ? "ipv4: Address not found" : "ipv6: address not found";
    throw refusal(place, "EADDRNOTAVAIL", { words: words(), text: state });
  }
  const subnet = link.addresses.filter((other) => sameSubnet(found, other));
  // A primary IPv4 address takes its secondaries along (promote_secondaries is 0).
  const primary = found.family === 4 && subnet[0] === found;
  const dropped = primary ? subnet : [found];
  link.addresses = link.addresses.filter((address) => !dropped.includes(address));
  for (const address of dropped) dropPrefixRoute(link, address);
}

/** A link that goes down keeps its IPv4 addresses only. */
export function dropIpv6(link: MemoryLink): void {
  link.addresses = link.addresses.filter((address) => address.family === 4);
}

export function addLoopbackAddresses(link: MemoryLink): void {
  const have = (ip: string) => link.addresses.some((address) => address.ip === ip);
  const add = (address: Omit<MemoryAddress, "spec">) => {
    const spec = { address: `${address.ip}/${address.length}`, noprefixroute: true };
    if (!have(address.ip)) link.addresses.push({ ...address, spec });
  };
  add({ family: 4, ip: "127.0.0.1", length: 8 });
  add({ family: 6, ip: "::1", length: 128 });
}
