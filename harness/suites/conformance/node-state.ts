/** A node's state as lines, cheap enough to take before and after every call: one process per side, and its state files. */
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Node, Place } from "../../core/backend.ts";

export async function nodeState(node: Node): Promise<readonly string[]> {
  const { hostState, dpuState } = node.paths;
  const parts = await Promise.all([
    placeState(node.host),
    placeState(node.dpu),
    stateFiles(hostState),
    stateFiles(dpuState),
  ]);
  return parts.flat().sort();
}

/** one answer per line, in this order */
const batch = [
  "address show",
  "route show table all",
  "neighbour show nud permanent",
  "neighbour show proxy",
].join("\n");

const addressList = z.array(
  z.looseObject({
    ifname: z.string(),
    address: z.string().default(""),
    mtu: z.number(),
    flags: z.array(z.string()).default([]),
    linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
    addr_info: z
      .array(
        z.looseObject({
          local: z.string().default(""),
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
    table: z.string().default("main"),
  }),
);

const neighbourList = z.array(
  z.looseObject({ dst: z.string(), dev: z.string().optional(), lladdr: z.string().optional() }),
);

async function placeState(place: Place): Promise<readonly string[]> {
  const ran = await place.exec(["ip", "-j", "-d", "-batch", "-"], {
    stdin: batch,
    timeoutMs: 10_000,
  });
  const [addresses, routes, permanent, proxies] = ran.stdout
    .split("\n")
    .filter((line) => line.startsWith("["))
    .map((line): unknown => JSON.parse(line));
  const lines = [
    ...addressList.parse(addresses).flatMap(linkLines),
    ...routeList.parse(routes).flatMap(routeLines),
    ...neighbourLines("neighbour", permanent),
    ...neighbourLines("proxy", proxies),
  ];
  return lines.map((line) => `${place.name}: ${line}`);
}

function linkLines(link: z.infer<typeof addressList>[number]): readonly string[] {
  // A bridge takes the MAC of one of its ports.
  const mac = link.linkinfo?.info_kind === "bridge" ? "" : ` ${link.address}`;
  const head = `link ${link.ifname}${mac} mtu ${link.mtu} ${link.flags.includes("UP") ? "up" : "down"}`;
  const own = link.addr_info.filter(({ scope }) => scope !== "link");
  return [
    head,
    ...own.map(({ local, prefixlen }) => `address ${local}/${prefixlen} ${link.ifname}`),
  ];
}

/** Not what the kernel adds by itself for each address and link. */
function routeLines(route: z.infer<typeof routeList>[number]): readonly string[] {
  const { dst, gateway, via, dev = "-", table } = route;
  if (table === "local" || dst.startsWith("fe80:") || dst.startsWith("ff00:")) return [];
  return [`route ${dst} via ${gateway ?? via?.host ?? "-"} dev ${dev} table ${table}`];
}

function neighbourLines(kind: string, list: unknown): readonly string[] {
  return neighbourList
    .parse(list ?? [])
    .map(({ dst, dev = "-", lladdr = "-" }) => `${kind} ${dst} ${lladdr} dev ${dev}`);
}

/** host-local keeps its lock and a note of its last address for good. */
const kept = /^(lock|last_reserved_ip\.\d+)$/;
/** as the harness makes them */
const containerIds = /\b[0-9a-f]{64}\b/g;
const largestReadBytes = 256 * 1024;

/** Each file by its path, and each container that it speaks of. Files may go while this looks. */
async function stateFiles(folder: string): Promise<readonly string[]> {
  const device = (await stat(folder).catch(() => undefined))?.dev;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory() && !kept.test(entry.name));
  const lines = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const found = await lstat(path).catch(() => undefined);
      // A namespace that is mounted there: no disk has it, and nobody writes or loses it as a file.
      if (found !== undefined && found.dev !== device) return [`namespace ${path}`];
      const about = await containersIn(path);
      return [`file ${path}`, ...about.map((id) => `file ${path} speaks of container ${id}`)];
    }),
  );
  return lines.flat();
}

async function containersIn(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > largestReadBytes) return [];
  const text = await readFile(path, "latin1").catch(() => "");
  return [...new Set(text.match(containerIds) ?? [])];
}
