/** libcni's conversions of a result between versions: from 1.0.0 and from 0.2.0 by way of 0.4.0, with what each step loses. */
import { z } from "zod";
import { parseCidr } from "../../spec/cidr.ts";
import { compareVersions } from "../../spec/version.ts";

type Result = Readonly<Record<string, unknown>>;

/** what result.ts prints, so far as conversions look into it */
const link = z.object({ name: z.string(), mac: z.string(), sandbox: z.string() }).partial();
const ip = z.looseObject({ address: z.string(), version: z.string().optional() });
const route = z.looseObject({ dst: z.string() });
const familyConfig = z.looseObject({ ip: z.string(), routes: z.array(route).default([]) });
const shape = z.looseObject({
  interfaces: z.array(link.nullable()).default([]),
  ips: z.array(ip.nullable()).default([]),
  routes: z.array(route.nullable()).default([]),
  dns: z.record(z.string(), z.unknown()).default({}),
  ip4: familyConfig.optional(),
  ip6: familyConfig.optional(),
});

export function converted(result: Result, from: string, to: string): Result {
  const middle =
    era(from) === 1 ? upFrom020(result) : era(from) === 3 ? downFrom100(result) : result;
  switch (era(to)) {
    case 1:
      return { ...downFrom040(middle), cniVersion: to };
    case 2:
      return { ...middle, cniVersion: to };
    case 3:
      return { ...(era(from) === 3 ? result : upFrom040(middle)), cniVersion: to };
  }
}

/** 1: ip4 and ip6; 2: lists with `version`; 3: lists without */
function era(version: string): 1 | 2 | 3 {
  if (compareVersions(version, "0.3.0") < 0) return 1;
  return compareVersions(version, "1.0.0") < 0 ? 2 : 3;
}

function downFrom100(result: Result): Result {
  const { interfaces, ips, routes, dns } = shape.parse(result);
  return lists({
    interfaces: present(interfaces),
    ips: present(ips).map((one) => ({ version: String(familyOf(one.address)), ...one })),
    routes: present(routes),
    dns,
  });
}

function upFrom040(result: Result): Result {
  const { interfaces, ips, routes, dns } = shape.parse(result);
  const { dns: own, ...rest } = lists({
    interfaces: present(interfaces),
    ips: present(ips).map(({ version: _, ...one }) => one),
    routes: present(routes),
    dns,
  });
  return Object.keys(dns).length === 0 ? rest : { ...rest, dns: own };
}

function upFrom020(result: Result): Result {
  const { ip4, ip6, dns } = shape.parse(result);
  const both = [
    ...(ip4 === undefined ? [] : [{ version: "4", ...ip4 }]),
    ...(ip6 === undefined ? [] : [{ version: "6", ...ip6 }]),
  ];
  return lists({
    interfaces: [],
    ips: both.map(({ ip: address, routes: _, ...one }) => ({ address, ...one })),
    routes: both.flatMap(({ routes }) => routes),
    dns,
  });
}

/** One address of each family, and of its routes only where they lead. */
function downFrom040(result: Result): Result {
  const { ips, routes, dns } = shape.parse(result);
  const of = (family: 4 | 6) => {
    const first = present(ips).find(({ version }) => version === String(family));
    if (first === undefined) return {};
    const { address, version: _, interface: __, ...rest } = first;
    const own = present(routes)
      .filter(({ dst }) => familyOf(dst) === family)
      .map(({ dst, gw }) => ({ dst, ...(gw !== undefined && { gw }) }));
    return { [`ip${family}`]: { ip: address, ...rest, ...(own.length > 0 && { routes: own }) } };
  };
  return { dns, ...of(4), ...of(6) };
}

function lists(all: {
  readonly interfaces: readonly unknown[];
  readonly ips: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly dns: unknown;
}): Result {
  const { dns, ...rest } = all;
  const kept = Object.entries(rest).filter(([, list]) => list.length > 0);
  return { ...Object.fromEntries(kept), dns };
}

function present<T>(entries: readonly (T | null)[]): readonly T[] {
  return entries.flatMap((entry) => (entry === null ? [] : [entry]));
}

function familyOf(address: string): 4 | 6 {
  return parseCidr(address)?.family ?? 6;
}
