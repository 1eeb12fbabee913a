/** Success results on the wire: printed in the asked version, and read back as `prevResult`. */
import { isIP } from "node:net";
import { z } from "zod";
import { parseShape } from "../base/shape.ts";
import { CniError, cniCodes } from "./cni-error.ts";
import type { CniInterface, CniIp, CniResult, CniRoute, CniVersion } from "./types.ts";
import { atLeast, isSupported } from "./version.ts";

/** Keys that `version` does not know are left out: spec-upgrades, and the tables of each version's section 5. */
export function printResult(result: CniResult, version: CniVersion): string {
  return JSON.stringify({
    cniVersion: version,
    interfaces: result.interfaces.map((link) => printInterface(link, version)),
    ips: result.ips.map((ip) => printIp(ip, version)),
    routes: result.routes.map((route) => printRoute(route, version)),
    dns: result.dns,
  });
}

function printInterface(link: CniInterface, version: CniVersion): CniInterface {
  if (atLeast(version, "1.1.0")) return link;
  const { mtu: _mtu, socketPath: _socketPath, pciID: _pciID, ...older } = link;
  return older;
}

function printIp(ip: CniIp, version: CniVersion): CniIp & { readonly version?: "4" | "6" } {
  if (atLeast(version, "1.0.0")) return ip;
  return { version: ip.address.includes(":") ? "6" : "4", ...ip };
}

function printRoute(route: CniRoute, version: CniVersion): CniRoute {
  if (atLeast(version, "1.1.0")) return route;
  const { dst, gw } = route;
  return gw === undefined ? { dst } : { dst, gw };
}

/**
 * Reads a result of another plugin, or ours coming back. `version` is the configuration's; a `cniVersion` inside
 * wins, since libcni passes a result on unconverted. Keys of other versions and unknown ones are dropped.
 * Throws CniError 7 with the path of what is wrong.
 */
export function parseResult(value: unknown, version: CniVersion): CniResult {
  const parsed = parseShape(wireResult, value);
  if (!parsed.ok) throw malformed(parsed.reason);
  const { cniVersion, interfaces, ips, routes, dns } = parsed.value;
  const spoken = cniVersion ?? version;
  if (!isSupported(spoken)) throw malformed(`cniVersion ${JSON.stringify(spoken)} is not served`);
  const stray = (ips ?? []).findIndex((ip) => (ip.interface ?? -1) >= (interfaces ?? []).length);
  if (stray >= 0) throw malformed(`ips[${stray}].interface: there is no such interface`);

  const extended = atLeast(spoken, "1.1.0");
  return {
    interfaces: (interfaces ?? []).map(({ name, mac, mtu, sandbox, socketPath, pciID }) =>
      said<CniInterface>({ name, mac, sandbox, ...(extended ? { mtu, socketPath, pciID } : {}) }),
    ),
    ips: (ips ?? []).map(({ address, gateway, interface: index }) =>
      said<CniIp>({ address, gateway, interface: index }),
    ),
    routes: (routes ?? []).map(({ dst, gw, ...attributes }) =>
      said<CniRoute>({ dst, gw, ...(extended ? attributes : {}) }),
    ),
    dns: said(dns ?? {}),
  };
}

const address = z.string().refine((text) => isIP(text) !== 0, "expected an IP address");
const cidr = z.string().refine(isCidr, "expected an address with a prefix length");
const uint32 = z.int().nonnegative().max(0xffff_ffff);
const text = z.string();

/** Where a writer may leave a key out, Go's may also write null; "" of a gateway means none. */
const optionalAddress = z.union([z.literal(""), address]).nullish();

/** `dns` of results and of configurations. */
export const wireDns = z.object({
  nameservers: z.array(address).nullish(),
  domain: text.nullish(),
  search: z.array(text).nullish(),
  options: z.array(text).nullish(),
});

const wireResult = z.object({
  cniVersion: text.nullish(),
  interfaces: z
    .array(
      z.object({
        name: text,
        mac: text.nullish(),
        mtu: uint32.nullish(),
        sandbox: text.nullish(),
        socketPath: text.nullish(),
        pciID: text.nullish(),
      }),
    )
    .nullish(),
  ips: z
    .array(z.object({ address: cidr, gateway: optionalAddress, interface: uint32.nullish() }))
    .nullish(),
  routes: z
    .array(
      z.object({
        dst: cidr,
        gw: optionalAddress,
        mtu: uint32.nullish(),
        advmss: uint32.nullish(),
        priority: uint32.nullish(),
        table: uint32.nullish(),
        scope: uint32.nullish(),
      }),
    )
    .nullish(),
  dns: wireDns.nullish(),
});

function isCidr(value: string): boolean {
  const [host = "", prefix = "", ...more] = value.split("/");
  const family = isIP(host);
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  return Number(prefix) <= (family === 4 ? 32 : 128);
}

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null | undefined };

/** The keys that say something: absent, null and "" all say nothing. */
export function said<T extends object>(value: Nullable<T>): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined && part !== null && part !== ""),
  ) as T;
}

function malformed(reason: string): CniError {
  return new CniError(cniCodes.invalidConfig, `Cannot use the prevResult: ${reason}`);
}
