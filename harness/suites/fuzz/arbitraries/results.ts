/** Results of ADD as another plugin could have given them: right by construction, and edits that make one wrong. */
import fc from "fast-check";
import { compareVersions } from "../../../spec/version.ts";
import { type Edit, netnsMark } from "../fuzz-input.ts";

const octet = fc.nat(255);
const macs = fc
  .array(octet, { minLength: 5, maxLength: 5 })
  .map((rest) => [2, ...rest].map((byte) => byte.toString(16).padStart(2, "0")).join(":"));

/** One address or route; what it says of a version comes later, so that all of it shrinks by itself. */
const placed = fc.record(
  {
    family: fc.constantFrom<4 | 6>(4, 6),
    /** the last 16 bits */
    low: fc.nat(0xffff),
    hasGateway: fc.boolean(),
    index: fc.nat(2),
  },
  { noNullPrototype: true },
);
type Placed = typeof placed extends fc.Arbitrary<infer T> ? T : never;

/** What a result is made of, whatever its version and interface. */
export const resultParts = fc.record(
  {
    mac: macs,
    hosts: fc.array(
      fc.record(
        { name: fc.constantFrom("veth1", "br0", "x"), mac: macs },
        { noNullPrototype: true },
      ),
      { maxLength: 2 },
    ),
    ips: fc.array(placed, { maxLength: 3 }),
    routes: fc.array(placed, { maxLength: 2 }),
  },
  { noNullPrototype: true },
);
export type ResultParts = typeof resultParts extends fc.Arbitrary<infer T> ? T : never;

/** The container's interface first, then those of the host. */
export function resultOf(
  { mac, hosts, ips, routes }: ResultParts,
  { version, ifname }: { readonly version: string; readonly ifname: string },
): unknown {
  const old = compareVersions(version, "1.0.0") < 0;
  return {
    cniVersion: version,
    interfaces: [{ name: ifname, mac, sandbox: netnsMark }, ...hosts],
    ips: ips.map((ip) => ({
      ...(old && { version: String(ip.family) }),
      address: `${addressOf(ip)}/${ip.family === 4 ? 24 : 64}`,
      ...(ip.hasGateway && { gateway: addressOf({ ...ip, low: 1 }) }),
      interface: ip.index % (hosts.length + 1),
    })),
    routes: routes.map((route) => ({
      dst: route.index > 0 ? `${addressOf(route)}/${route.family === 4 ? 32 : 128}` : zero(route),
      ...(route.hasGateway && { gw: addressOf({ ...route, low: 1 }) }),
    })),
    dns: {},
  };
}

function addressOf({ family, low }: Pick<Placed, "family" | "low">): string {
  return family === 4 ? `10.77.${low >> 8}.${low & 255}` : `fd00:77::${low.toString(16)}`;
}

function zero({ family }: Placed): string {
  return family === 4 ? "0.0.0.0/0" : "::/0";
}

const wrongValues = fc.constantFrom<unknown>(
  ...[null, 5, -1, 7, 1e300, "", "x", true, [], [null], {}, { a: 1 }],
);

/** places of a result, from the inside out */
const places: readonly Edit["at"][] = [
  ...(["address", "gateway", "interface", "version"] as const).map((key) => ["ips", 0, key]),
  ...(["name", "mac", "sandbox"] as const).map((key) => ["interfaces", 0, key]),
  ["routes", 0, "dst"],
  ["routes", 0, "gw"],
  ["dns", "nameservers"],
  ["ips", 0],
  ["interfaces", 0],
  ["routes", 0],
  ...["ips", "interfaces", "routes", "dns", "cniVersion"].map((key) => [key]),
  [],
];

/** One place of a result put wrong or taken away, and its name. */
export const resultEdits: fc.Arbitrary<{ readonly mutation: string; readonly edit: Edit }> = fc
  .tuple(fc.constantFrom(...places), fc.option(wrongValues, { nil: undefined, freq: 5 }))
  .map(([at, value]) => ({
    mutation: `${at.length === 0 ? "prevResult" : at.join(".")} is ${value === undefined ? "missing" : "wrong"}`,
    edit: value === undefined ? { at } : { at, value },
  }));
