/** Per-link sysctls: which there are, and which of a link are not as the namespace's default. */
import type { Netns } from "../netlink/kernel.ts";

/** What administrators and network daemons set per link. */
const names: readonly string[] = [
  ...["accept_local", "accept_redirects", "arp_announce", "arp_filter", "arp_ignore"].map(v4),
  ...["arp_notify", "forwarding", "promote_secondaries", "proxy_arp", "rp_filter"].map(v4),
  ...["route_localnet", "send_redirects", "src_valid_mark"].map(v4),
  ...["accept_dad", "accept_ra", "accept_redirects", "addr_gen_mode", "autoconf"].map(v6),
  ...["disable_ipv6", "forwarding", "keep_addr_on_down", "proxy_ndp", "use_tempaddr"].map(v6),
];

function v4(key: string): string {
  return `ipv4/${key}`;
}

function v6(key: string): string {
  return `ipv6/${key}`;
}

/** `of` is a link, or "default"; by names such as "ipv6/accept_ra". */
export async function readSysctls(netns: Netns, of: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = await netns.sysctl(pathOf(name, of));
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Those of `link` that differ from `defaults`. */
export async function ownSysctls(
  netns: Netns,
  link: string,
  defaults: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const entries = Object.entries(await readSysctls(netns, link));
  return Object.fromEntries(entries.filter(([name, value]) => defaults[name] !== value));
}

/** e.g. net/ipv6/conf/eth0/accept_ra */
export function pathOf(name: string, of: string): string {
  const [family, key] = name.split("/");
  return `net/${family}/conf/${of}/${key}`;
}
