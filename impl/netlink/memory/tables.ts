/** Rules, neighbours and qdiscs in memory. */
import { checkedIp, checkedMac, checkedPrefix } from "../argument.ts";
import { neighDelWords, neighReplaceWords, qdiscWords, ruleWords } from "../command.ts";
import { familyOf, printPrefix } from "../ip-address.ts";
import type { Neigh, Qdisc, Rule } from "../kernel.ts";
import { needLink, type Place, refusal } from "./model.ts";

export function listRules({ netns }: Place): Rule[] {
  return [...netns.rules].sort((x, y) => x.family - y.family || x.priority - y.priority);
}

export function addRule(place: Place, rule: Rule): void {
  const added = canonical(rule);
  if (place.netns.rules.some((other) => equal(other, added))) {
    throw refusal(place, "EEXIST", { words: ruleWords("add", rule) });
  }
  place.netns.rules.push(added);
}

export function deleteRule(place: Place, rule: Rule): void {
  const wanted = canonical(rule);
  const at = place.netns.rules.findIndex((other) => equal(other, wanted));
  if (at < 0) throw refusal(place, "ENOENT", { words: ruleWords("del", rule) });
  place.netns.rules.splice(at, 1);
}

function canonical(rule: Rule): Rule {
  const words = () => ruleWords("add", rule);
  const prefix = (text: string) => printPrefix(checkedPrefix(text, words));
  return {
    ...rule,
    ...(rule.from === undefined ? {} : { from: prefix(rule.from) }),
    ...(rule.to === undefined ? {} : { to: prefix(rule.to) }),
  };
}

function equal(one: Rule, other: Rule): boolean {
  const keys = ["family", "priority", "table", "from", "to", "iif", "fwmark"] as const;
  return keys.every((key) => one[key] === other[key]);
}

export function listNeighs(place: Place, name: string): Neigh[] {
  const { neighs } = needLink(place, name, () => `ip neigh show dev ${name}`);
  const rank = (neigh: Neigh) => (neigh.proxy ? 10 : 0) + familyOf(neigh.address);
  return [...neighs].sort((x, y) => rank(x) - rank(y));
}

export function replaceNeigh(place: Place, name: string, neigh: Neigh): void {
  const words = () => neighReplaceWords(name, neigh);
  const lladdr = checkedMac(neigh.proxy ? undefined : neigh.lladdr, words) ?? "";
  const address = checkedIp(neigh.address, words);
  const link = needLink(place, name, words);
  const proxy = neigh.proxy ?? false;
  link.neighs = link.neighs.filter((other) => !matches(other, address, proxy));
  const entry = { address, lladdr: lladdr.toLowerCase() };
  link.neighs.push(proxy ? { ...entry, proxy } : { ...entry, state: "permanent" });
}

export function deleteNeigh(
  place: Place,
  name: string,
  { address, proxy }: { readonly address: string; readonly proxy: boolean },
): void {
  const words = () => neighDelWords(name, address, proxy);
  const ip = checkedIp(address, words);
  const link = needLink(place, name, words);
  const left = link.neighs.filter((other) => !matches(other, ip, proxy));
  if (left.length === link.neighs.length) throw refusal(place, "ENOENT", { words: words() });
  link.neighs = left;
}

function matches(neigh: Neigh, address: string, proxy: boolean): boolean {
  return neigh.address === address && (neigh.proxy ?? false) === proxy;
}

const kinds = new Set(["clsact", "ingress", "htb", "tbf", "prio", "pfifo", "bfifo", "fq_codel"]);

export function listQdiscs(place: Place, name: string): Qdisc[] {
  return [...needLink(place, name, () => `tc qdisc show dev ${name}`).qdiscs];
}

export function addQdisc(place: Place, name: string, qdisc: Qdisc): void {
  const words = () => qdiscWords("add", name, qdisc);
  const link = needLink(place, name, words);
  if (!kinds.has(qdisc.kind)) {
    const text = "Specified qdisc kind is unknown";
    throw refusal(place, "ENOENT", { words: words(), text });
  }
  if (link.qdiscs.some((other) => hook(other) === hook(qdisc))) {
    const text = "Exclusivity flag on, cannot modify";
    throw refusal(place, "EEXIST", { words: words(), text });
  }
  const chosen = hook(qdisc) === "ingress" ? "ffff:" : "8001:";
  link.qdiscs.push({ ...qdisc, handle: qdisc.handle === "" ? chosen : qdisc.handle });
}

export function deleteQdisc(place: Place, name: string, qdisc: Qdisc): void {
  const words = () => qdiscWords("del", name, qdisc);
  const link = needLink(place, name, words);
  const left = link.qdiscs.filter((other) => hook(other) !== hook(qdisc));
  if (left.length === link.qdiscs.length) {
    const ingress = hook(qdisc) === "ingress";
    const text = ingress ? "Invalid handle" : "Cannot delete qdisc with handle of zero";
    throw refusal(place, ingress ? "EINVAL" : "ENOENT", { words: words(), text });
  }
  link.qdiscs = left;
  if (hook(qdisc) !== "ingress") return;
  link.redirects = [];
  link.filters = [];
}

/** clsact and ingress sit in one place. */
function hook({ parent }: Qdisc): string {
  return parent === "clsact" ? "ingress" : parent;
}
