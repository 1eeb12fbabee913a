/** Results of ADD as another plugin could have given them: right by construction, and edits that make one wrong. */
import fc from "fast-check";
import { compareVersions } from "../../../spec/version.ts";
import { type Edit, netnsMark } from "../fuzz-input.ts";

const octet = fc.nat(255);
const ipv4 = fc.tuple(octet, octet).map(([a, b]) => `10.77.${a}.${b}`);
const ipv6 = fc.nat(0xffff).map((word) => `fd00:77::${word.toString(16)}`);
const macs = fc
  .array(octet, { minLength: 5, maxLength: 5 })
  .map((rest) => [2, ...rest].map((byte) => byte.toString(16).padStart(2, "0")).join(":"));

const family = fc.constantFrom<4 | 6>(4, 6);

function ips(version: string, interfaces: number) {
  return family.chain((of) =>
    fc
      .record(
        {
          address: (of === 4 ? ipv4 : ipv6).map((text) => `${text}/${of === 4 ? 24 : 64}`),
          gateway: fc.option(of === 4 ? ipv4 : ipv6, { nil: undefined }),
          interface: fc.nat(interfaces - 1),
        },
        { noNullPrototype: true },
      )
      .map((ip) => ({
        ...withoutAbsent(ip),
        ...(compareVersions(version, "1.0.0") < 0 && { version: String(of) }),
      })),
  );
}

const routes = family.chain((of) =>
  fc
    .record(
      {
        dst: fc.constantFrom(...(of === 4 ? ["0.0.0.0/0", "10.9.0.0/16"] : ["::/0", "fd09::/64"])),
        gw: fc.option(of === 4 ? ipv4 : ipv6, { nil: undefined }),
      },
      { noNullPrototype: true },
    )
    .map(withoutAbsent),
);

/** Without any interface but the container's `ifname`, there may be some of the host. */
export function validResults(version: string, ifname: string): fc.Arbitrary<unknown> {
  const host = fc.record(
    { name: fc.constantFrom("veth1", "br0", "x"), mac: macs },
    { noNullPrototype: true },
  );
  const container = macs.map((mac) => ({ name: ifname, mac, sandbox: netnsMark }));
  return fc.tuple(container, fc.array(host, { maxLength: 2 })).chain(([own, others]) =>
    fc
      .record(
        {
          ips: fc.array(ips(version, others.length + 1), { maxLength: 3 }),
          routes: fc.array(routes, { maxLength: 2 }),
        },
        { noNullPrototype: true },
      )
      .map((rest) => ({
        cniVersion: version,
        interfaces: [own, ...others],
        ...rest,
        dns: {},
      })),
  );
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

function withoutAbsent<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
