/** Filters in memory: kept with the link, and no frame to judge. */
import { readBytecode } from "../bpf/bytecode.ts";
import { filterAddWords, filterDelWords } from "../command.ts";
import type { Filter, FilterPlace } from "../kernel.ts";
import { needLink, type Place, refusal } from "./model.ts";

export function listFilters(place: Place, name: string): Filter[] {
  const { filters } = needLink(place, name, () => `tc filter show dev ${name} ingress`);
  const at = (wanted: Filter["hook"]) =>
    filters
      .filter(({ hook }) => hook === wanted)
      .toSorted((one, other) => one.preference - other.preference);
  return [...at("ingress"), ...at("egress")];
}

export function addFilter(place: Place, name: string, filter: Filter): void {
  const words = () => filterAddWords(name, filter);
  const link = needLink(place, name, words);
  if ("bytecode" in filter && readBytecode(filter.bytecode) === undefined) {
    throw refusal(place, "EINVAL", { words: words(), text: "it is no program" });
  }
  if (!link.qdiscs.some(({ parent }) => parent === "clsact")) {
    const text = "Parent Qdisc doesn't exists";
    throw refusal(place, "EINVAL", { words: words(), text });
  }
  link.filters.push(filter);
}

export function deleteFilter(place: Place, name: string, at: FilterPlace): void {
  const words = filterDelWords(name, at);
  const link = needLink(place, name, () => words);
  const left = link.filters.filter(
    ({ hook, preference }) => hook !== at.hook || preference !== at.preference,
  );
  if (left.length === link.filters.length) throw refusal(place, "ENOENT", { words });
  link.filters = left;
}

export function listDrops(place: Place): ReadonlyMap<string, number> {
  const guarded = place.netns.links.filter(({ qdiscs }) =>
    qdiscs.some(({ parent }) => parent === "clsact" || parent === "ingress"),
  );
  return new Map(guarded.map(({ name }) => [name, 0]));
}
