/**
 * What iproute2 says of a namespace in JSON, as lines for people. Only what somebody decided is in a line; what the
 * kernel changes by itself is left out, each for the reason beside it. Read apart from impl/netlink on purpose: the
 * judge has eyes of its own.
 */
import { z } from "zod";

/** Flags that follow from the peer's state (LOWER_UP, NO-CARRIER, M-DOWN …) are left out: nobody set them here. */
const chosenFlags = ["UP", "PROMISC", "ALLMULTI", "NOARP"];

const link = z.object({
  ifname: z.string(),
  link_type: z.string().optional(),
  address: z.string().optional(),
  mtu: z.number(),
  flags: z.array(z.string()),
  master: z.string().optional(),
  ifalias: z.string().optional(),
  altnames: z.array(z.string()).optional(),
  txqlen: z.number().optional(),
  group: z.string().optional(),
  promiscuity: z.number().optional(),
  allmulti: z.number().optional(),
  xdp: z.unknown().optional(),
  linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  addr_info: z
    .array(
      z.object({
        family: z.string(),
        local: z.string(),
        prefixlen: z.number(),
        scope: z.string(),
        address: z.string().optional(),
        noprefixroute: z.boolean().optional(),
        secondary: z.boolean().optional(),
        deprecated: z.boolean().optional(),
        valid_life_time: z.number().optional(),
      }),
    )
    .optional(),
});

const forever = 4_294_967_295;

/** From `ip -j -d address show`: links and their addresses. Left out: ifindex, netnsid (numbers of the moment), operstate (derived). */
export function linkLines(json: unknown): readonly string[] {
  return z
    .array(link)
    .parse(json)
    .flatMap((entry) => [linkLine(entry), ...addressLines(entry)]);
}

function linkLine(entry: z.infer<typeof link>): string {
  const { ifname, linkinfo, address, mtu, flags, master, ifalias, altnames = [] } = entry;
  const kind = linkinfo?.info_kind ?? entry.link_type ?? "";
  return words([
    `link ${ifname} ${kind} ${address ?? ""} mtu ${mtu} ${flags.includes("UP") ? "up" : "down"}`,
    ...chosenFlags.filter((flag) => flag !== "UP" && flags.includes(flag)).map(lower),
    master && `master ${master}`,
    ifalias && `alias ${ifalias}`,
    ...altnames.map((name) => `altname ${name}`),
    entry.txqlen !== undefined && entry.txqlen !== 1000 && `txqlen ${entry.txqlen}`,
    entry.group !== undefined && entry.group !== "default" && `group ${entry.group}`,
    entry.promiscuity && `promiscuity ${entry.promiscuity}`,
    entry.allmulti && `allmulti ${entry.allmulti}`,
    entry.xdp !== undefined && "xdp",
  ]);
}

function addressLines({ ifname, addr_info = [] }: z.infer<typeof link>): readonly string[] {
  return addr_info.map((entry) =>
    words([
      `address ${entry.local}/${entry.prefixlen} dev ${ifname} scope ${entry.scope}`,
      entry.address && `peer ${entry.address}`,
      entry.noprefixroute && "noprefixroute",
      entry.secondary && "secondary",
      (entry.valid_life_time ?? forever) !== forever && "expires",
    ]),
  );
}

const route = z.looseObject({
  type: z.string().optional(),
  dst: z.string(),
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
  table: z.string().optional(),
  protocol: z.string().optional(),
  scope: z.string().optional(),
  prefsrc: z.string().optional(),
  metric: z.number().optional(),
  metrics: z.array(z.record(z.string(), z.unknown())).optional(),
  flags: z.array(z.string()).optional(),
  nexthops: z.unknown().optional(),
});

/** From `ip -j -d route show table all`. Left out: what the kernel derives in table local, flag linkdown (the peer's), expiry. */
export function routeLines(json: unknown): readonly string[] {
  return z
    .array(route)
    .parse(json)
    .filter(({ table, protocol }) => !(table === "local" && protocol === "kernel"))
    .map((entry) =>
      words([
        `route ${entry.type === "unicast" ? "" : `${entry.type ?? ""} `}${entry.dst}`,
        entry.gateway && `via ${entry.gateway}`,
        entry.via && `via ${entry.via.host}`,
        entry.dev && `dev ${entry.dev}`,
        `table ${entry.table ?? "main"}`,
        entry.protocol && `proto ${entry.protocol}`,
        entry.scope && entry.scope !== "global" && `scope ${entry.scope}`,
        entry.prefsrc && `src ${entry.prefsrc}`,
        entry.metric !== undefined && `metric ${entry.metric}`,
        entry.flags?.includes("onlink") && "onlink",
        entry.metrics && JSON.stringify(entry.metrics),
        entry.nexthops !== undefined && JSON.stringify(entry.nexthops),
      ]),
    );
}

const neigh = z.object({
  dst: z.string(),
  dev: z.string().optional(),
  lladdr: z.string().optional(),
});

/** From `ip -j neigh show nud permanent` and `… proxy`. Learnt neighbours come and go by themselves. */
export function neighLines(permanent: unknown, proxy: unknown): readonly string[] {
  return [
    ...z
      .array(neigh)
      .parse(permanent)
      .map(({ dst, dev, lladdr }) => `neigh ${dst} dev ${dev ?? "?"} lladdr ${lladdr ?? "-"}`),
    ...z
      .array(neigh)
      .parse(proxy)
      .map(({ dst, dev }) => `neigh proxy ${dst} dev ${dev ?? "?"}`),
  ];
}

const objects = z.array(z.record(z.string(), z.unknown()));

/** From `ip -j rule show` and `ip -j -6 rule show`. Left out: protocol, which is named for some rules only. */
export function ruleLines(ipv4: unknown, ipv6: unknown): readonly string[] {
  const lines = (version: 4 | 6, json: unknown) =>
    objects.parse(json).map((entry) => {
      const { priority, src = "all", srclen, table, protocol: _, ...rest } = entry;
      const from = srclen === undefined ? String(src) : `${String(src)}/${String(srclen)}`;
      const more = Object.keys(rest).length === 0 ? "" : ` ${canonical(rest)}`;
      const lookup = table === undefined ? "" : ` lookup ${String(table)}`;
      return `rule ipv${version} ${String(priority)}: from ${from}${lookup}${more}`;
    });
  return [...lines(4, ipv4), ...lines(6, ipv6)];
}

/** From `tc -j qdisc show`. Left out: the built-in qdiscs (handle 0:), which come with the link. */
export function qdiscLines(json: unknown): readonly string[] {
  return explicitQdiscs(json).map((entry) => {
    const { kind, handle, dev, refcnt: _, ...rest } = entry;
    return `qdisc ${String(dev)} ${String(kind)} ${String(handle)} ${canonical(rest)}`;
  });
}

/** Devices that may have filters: those with a qdisc of somebody's choice. */
export function devicesWithQdiscs(json: unknown): readonly string[] {
  return [...new Set(explicitQdiscs(json).map(({ dev }) => String(dev)))];
}

function explicitQdiscs(json: unknown): readonly Record<string, unknown>[] {
  return objects.parse(json).filter(({ handle }) => handle !== "0:");
}

/** From `tc -j filter show dev DEV SIDE`. */
export function filterLines(dev: string, side: string, json: unknown): readonly string[] {
  return objects.parse(json).map((entry) => `filter ${dev} ${side} ${canonical(entry)}`);
}

/** From `nft -s list ruleset` (-s: without counters): each line under the blocks it stands in. */
export function nftLines(text: string): readonly string[] {
  const blocks: string[] = [];
  const lines: string[] = [];
  for (const line of text.split("\n").map((part) => part.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    if (line === "}") blocks.pop();
    else if (line.endsWith("{")) {
      blocks.push(line.slice(0, -1).trim());
      lines.push(`nft ${blocks.join(" ")}`);
    } else lines.push(`nft ${blocks.join(" ")}: ${line}`);
  }
  return lines;
}

/** JSON with sorted keys, so that equal things are equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function words(parts: readonly (string | number | false | null | undefined)[]): string {
  return parts
    .filter((part) => part)
    .join(" ")
    .replace(/ +/g, " ");
}

function lower(text: string): string {
  return text.toLowerCase();
}
