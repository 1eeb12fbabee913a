/** The links, addresses and routes of a place, as iproute2 tells them: what checks hold results and each other against. */
import { z } from "zod";
import type { Place } from "../core/backend.ts";
import { canonicalAddress } from "../spec/cidr.ts";

export interface LinkFacts {
  readonly name: string;
  /** "veth", "bridge", … or "" */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly txQueueLen: number;
  /** global ones, "10.1.0.5/32", canonical */
  readonly addresses: readonly string[];
}

export interface RouteFacts {
  /** CIDR; "0.0.0.0/0" and "::/0" for default */
  readonly dst: string;
  readonly via?: string;
  readonly dev?: string;
}

export interface IpFacts {
  readonly links: readonly LinkFacts[];
  /** of the main table, without link-local and multicast ones */
  readonly routes: readonly RouteFacts[];
}

const separator = "=====";
const script = `ip -d -j address show; echo ${separator}; ip -j -4 route show; echo ${separator}; ip -j -6 route show`;

const addressList = z.array(
  z.looseObject({
    ifname: z.string(),
    address: z.string().default(""),
    mtu: z.number(),
    flags: z.array(z.string()).default([]),
    linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
    txqlen: z.number().default(0),
    addr_info: z
      .array(
        z.looseObject({
          local: z.string().optional(),
          prefixlen: z.number().default(0),
          scope: z.string().default("global"),
        }),
      )
      .default([]),
  }),
);

const routeList = z.array(
  z.looseObject({
    dst: z.string(),
    gateway: z.string().optional(),
    via: z.looseObject({ host: z.string() }).optional(),
    dev: z.string().optional(),
  }),
);

export async function ipFacts(place: Place): Promise<IpFacts> {
  const ran = await place.exec(["sh", "-c", script], { timeoutMs: 10_000 });
  const [addresses = "", ipv4 = "", ipv6 = ""] = ran.stdout.split(separator);
  return {
    links: parseLinks(addresses),
    routes: [...parseRoutes(ipv4, 4), ...parseRoutes(ipv6, 6)],
  };
}

function parseLinks(text: string): readonly LinkFacts[] {
  return addressList.parse(listOf(text)).map((link) => ({
    name: link.ifname,
    kind: link.linkinfo?.info_kind ?? "",
    mac: link.address,
    mtu: link.mtu,
    up: link.flags.includes("UP"),
    txQueueLen: link.txqlen,
    addresses: link.addr_info.flatMap(({ local, prefixlen, scope }) =>
      local === undefined || scope === "link" ? [] : [`${canonicalAddress(local)}/${prefixlen}`],
    ),
  }));
}

function parseRoutes(text: string, family: 4 | 6): readonly RouteFacts[] {
  return routeList
    .parse(listOf(text))
    .filter(({ dst }) => !dst.startsWith("fe80:") && !dst.startsWith("ff00:"))
    .map(({ dst, gateway, via, dev }) => {
      const next = gateway ?? via?.host;
      return {
        dst: asCidr(dst, family),
        ...(next === undefined ? {} : { via: canonicalAddress(next) }),
        ...(dev === undefined ? {} : { dev }),
      };
    });
}

function asCidr(dst: string, family: 4 | 6): string {
  if (dst === "default") return family === 4 ? "0.0.0.0/0" : "::/0";
  const [address = "", prefix = family === 4 ? "32" : "128"] = dst.split("/");
  return `${canonicalAddress(address)}/${prefix}`;
}

/** `ip -j` prints nothing, or an empty list, for nothing. */
function listOf(text: string): unknown {
  return text.trim() === "" ? [] : JSON.parse(text);
}
