/** Checks in columns for `dnc list`; where one proves a requirement, also whose and since when, with a line of heads. */
import type { Check } from "../core/check.ts";

type Listed = Pick<Check<never>, "id" | "title" | "requirement" | "applies" | "cell">;

const heads = ["check", "level", "since", "for", "needs", "fails by", "what must hold"];

/** The first is the line of heads, undefined where ids and titles speak for themselves. */
export function checkColumns(
  all: readonly Listed[],
): readonly [head: string | undefined, ...rows: string[]] {
  const checks = folded(all);
  if (checks.every(({ requirement }) => requirement === undefined)) {
    return [undefined, ...aligned(checks.map(({ id, title }) => [id, title]))];
  }
  const [head, ...rows] = aligned([heads, ...checks.map(cells)]);
  return [head, ...rows];
}

/** Cells of one row and column, which differ by protocol and family alone, as one line. */
function folded(checks: readonly Listed[]): readonly Listed[] {
  const groups = new Map<string, Listed[]>();
  for (const check of checks) {
    const name = check.cell === undefined ? check.id : check.id.replace(/-\w+-ipv[46]$/, "-*");
    groups.set(name, [...(groups.get(name) ?? []), check]);
  }
  return [...groups].flatMap(([id, [first, ...others]]) => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const title = first.title.replace(/ by \w+ over IPv[46]$/, "");
    return [{ ...first, id, title: `${title} (${others.length + 1} cells)` }];
  });
}

function cells({ id, title, requirement, applies }: Listed): readonly string[] {
  const { roles = [], needs = [], readings = [] } = applies ?? {};
  return [
    id,
    requirement?.level ?? "",
    requirement?.since ?? "",
    // The four roles there are: it is for every plugin.
    roles.length === 4 ? "any" : roles.join(" "),
    needs.join(" "),
    readings.length === 0 ? "all" : readings.join(" "),
    title,
  ];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
