/**
 * The success result of ADD (section 5 "ADD Success"), one schema per range of versions. Unknown keys are let
 * through: the text does not forbid them, and Go libraries print newer fields in older versions.
 */
import { z } from "zod";
import { canonicalAddress, familyOf, parseCidr } from "./cidr.ts";
import { compareVersions } from "./version.ts";

const uint = z.int().min(0);
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, "it is not CIDR notation");
const address = z.string().refine((text) => familyOf(text) !== undefined, "it is not an address");

const dns = z.looseObject({
  nameservers: z.array(address).optional(),
  domain: z.string().optional(),
  search: z.array(z.string()).optional(),
  options: z.array(z.string()).optional(),
});

const route = z.looseObject({ dst: cidr, gw: address.optional() });
const routeOf110 = route.extend({
  mtu: uint.optional(),
  advmss: uint.optional(),
  priority: uint.optional(),
  table: uint.optional(),
  scope: uint.optional(),
});

const interfaceOf = z.looseObject({
  name: z.string().min(1),
  mac: z.string().optional(),
  sandbox: z.string().optional(),
});
const interfaceOf110 = interfaceOf.extend({
  mtu: uint.optional(),
  socketPath: z.string().startsWith("/").optional(),
  pciID: z.string().optional(),
});

const ip = z.looseObject({
  address: cidr,
  gateway: address.optional(),
  interface: uint.optional(),
});
const versionedIp = ip.extend({ version: z.enum(["4", "6"]) });
const plainIp = ip.extend({ version: z.undefined().optional() });

const familyConfig = z.looseObject({
  ip: cidr,
  gateway: address.optional(),
  routes: z.array(route).optional(),
});

const cniVersion = z.string();
const addresses010 = z
  .looseObject({
    cniVersion: cniVersion.optional(),
    ip4: familyConfig.optional(),
    ip6: familyConfig.optional(),
    interfaces: z.undefined().optional(),
    ips: z.undefined().optional(),
    dns: dns.optional(),
  })
  .refine((result) => result.ip4 ?? result.ip6, "it has neither ip4 nor ip6");

function listShape<I extends z.ZodType, P extends z.ZodType, R extends z.ZodType>(parts: {
  readonly interfaces: I;
  readonly ips: P;
  readonly routes: R;
}) {
  return z.looseObject({
    cniVersion,
    interfaces: z.array(parts.interfaces).optional(),
    ips: z.array(parts.ips).optional(),
    routes: z.array(parts.routes).optional(),
    dns: dns.optional(),
  });
}

const result030 = listShape({ interfaces: interfaceOf, ips: versionedIp, routes: route });
const result100 = listShape({ interfaces: interfaceOf, ips: plainIp, routes: route });
const result110 = listShape({ interfaces: interfaceOf110, ips: plainIp, routes: routeOf110 });

/** The schema a result of this version must meet. */
export function resultSchema(version: string): z.ZodType {
  if (compareVersions(version, "0.3.0") < 0) return addresses010;
  if (compareVersions(version, "1.0.0") < 0) return result030;
  return compareVersions(version, "1.1.0") < 0 ? result100 : result110;
}

/** What readers of any version from 0.3.0 on look at. */
export const anyResult = z.looseObject({
  cniVersion: z.string().optional(),
  interfaces: z.array(interfaceOf110).default([]),
  ips: z.array(ip.extend({ version: z.string().optional() })).default([]),
  routes: z.array(routeOf110).default([]),
  dns: dns.optional(),
});
export type AnyResult = z.infer<typeof anyResult>;

/** The addresses a result gives to the interface of the container, e.g. "10.1.0.5/32" with canonical text. */
export function containerAddresses(result: AnyResult, ifname: string): readonly string[] {
  return result.ips
    .filter(({ interface: index }) => index === undefined || isContainer(result, index, ifname))
    .flatMap((entry) => {
      const parsed = parseCidr(entry.address);
      return parsed === undefined ? [] : [`${canonicalAddress(parsed.address)}/${parsed.prefix}`];
    });
}

function isContainer(result: AnyResult, index: number, ifname: string): boolean {
  const entry = result.interfaces[index];
  return entry?.name === ifname && (entry.sandbox ?? "") !== "";
}
