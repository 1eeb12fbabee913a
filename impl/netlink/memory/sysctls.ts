/** The sysctls of a namespace in memory: those that networking software touches, with the kernel's defaults. */
import { inNamespace } from "../command.ts";
import { invalid } from "../netlink-error.ts";
import { findLink, type Place, refusal } from "./model.ts";

const plain: ReadonlyMap<string, string> = new Map([
  ["net/ipv4/ip_forward", "0"],
  ["net/ipv4/ip_nonlocal_bind", "0"],
  ["net/ipv6/bindv6only", "0"],
  ["net/core/somaxconn", "4096"],
]);

const perLink: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ipv4: {
    accept_local: "0",
    accept_redirects: "1",
    arp_announce: "0",
    arp_filter: "0",
    arp_ignore: "0",
    arp_notify: "0",
    forwarding: "0",
    proxy_arp: "0",
    proxy_arp_pvlan: "0",
    rp_filter: "0",
    send_redirects: "1",
    promote_secondaries: "0",
  },
  ipv6: {
    accept_dad: "1",
    accept_ra: "1",
    accept_redirects: "1",
    addr_gen_mode: "0",
    autoconf: "1",
    dad_transmits: "1",
    disable_ipv6: "0",
    forwarding: "0",
    keep_addr_on_down: "0",
    ndisc_notify: "0",
    proxy_ndp: "0",
  },
};

function defaultOf(place: Place, name: string): string | undefined {
  const [net, family = "", conf, link = "", key = "", ...more] = name.split("/");
  if (net !== "net" || conf !== "conf" || more.length > 0) return plain.get(name);
  const known = link === "all" || link === "default" || findLink(place.netns, link)?.name === link;
  return known ? perLink[family]?.[key] : undefined;
}

export function readSysctl(place: Place, name: string): string | undefined {
  check(place, name, `sysctl ${name}`);
  const standard = defaultOf(place, name);
  return standard === undefined ? undefined : (place.netns.sysctls.get(name) ?? standard);
}

export function writeSysctl(place: Place, name: string, value: string): void {
  const words = `sysctl -w ${name}=${value}`;
  check(place, name, words);
  if (defaultOf(place, name) === undefined) throw refusal(place, "ENOENT", { words });
  if (!/^-?\d+$/.test(value.trim())) throw refusal(place, "EINVAL", { words });
  const { sysctls, links } = place.netns;
  sysctls.set(name, value.trim());
  const forwarding = /^net\/(ipv4\/ip_forward|ipv[46]\/conf\/all\/forwarding)$/.exec(name);
  if (forwarding === null) return;
  // The switch for all is the switch for each, at the time it is thrown.
  const family = name.split("/")[1];
  for (const link of ["all", "default", ...links.map((each) => each.name)]) {
    sysctls.set(`net/${family}/conf/${link}/forwarding`, value.trim());
  }
  if (family === "ipv4") sysctls.set("net/ipv4/ip_forward", value.trim());
}

function check(place: Place, name: string, words: string): void {
  if (!name.split("/").some((part) => part === "" || part === "." || part === "..")) return;
  throw invalid(inNamespace(place.name, words), `"${name}" is no sysctl`);
}
