/** Redirects in memory: kept with the link, and no packet to send. */
import { redirectWords } from "../command.ts";
import type { Redirect } from "../kernel.ts";
import { needLink, type Place, refusal } from "./model.ts";

export function listRedirects(place: Place, name: string): Redirect[] {
  const link = needLink(place, name, () => `tc filter show dev ${name} ingress`);
  return link.redirects.map(({ to, ...rest }) => {
    const there = link.netns.links.includes(to);
    return { ...rest, to: there ? to.name : "" };
  });
}

export function addRedirect(place: Place, name: string, redirect: Redirect): void {
  const words = () => redirectWords("add", name, redirect);
  const link = needLink(place, name, words);
  const to = needLink(place, redirect.to, words);
  if (link.redirects.some(({ preference }) => preference === redirect.preference)) {
    throw refusal(place, "EEXIST", { words: words() });
  }
  if (!link.qdiscs.some(({ parent }) => parent === "clsact" || parent === "ingress")) {
    const text = "Parent Qdisc doesn't exists";
    throw refusal(place, "EINVAL", { words: words(), text });
  }
  link.redirects.push({ ...redirect, to });
}

export function deleteRedirect(place: Place, name: string, preference: number): void {
  const words = `tc filter del dev ${name} ingress pref ${preference}`;
  const link = needLink(place, name, () => words);
  if (link.redirects.every((each) => each.preference !== preference)) {
    throw refusal(place, "ENOENT", { words });
  }
  link.redirects = link.redirects.filter((each) => each.preference !== preference);
}
