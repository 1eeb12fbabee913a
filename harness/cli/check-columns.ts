/** Checks in columns for `dnc list`; where one proves a requirement, also whose and since when, with a line of heads. */
import type { Check } from "../core/check.ts";

type Listed = Pick<Check<never>, "id" | "title" | "requirement" | "applies">;

const heads = ["check", "level", "since", "for", "needs", "fails by", "what must hold"];

/** The first is the line of heads, undefined where ids and titles speak for themselves. */
export function checkColumns(
  checks: readonly Listed[],
): readonly [head: string | undefined, ...rows: string[]] {
  if (checks.every(({ requirement }) => requirement === undefined)) {
    return [undefined, ...aligned(checks.map(({ id, title }) => [id, title]))];
  }
  const [head, ...rows] = aligned([heads, ...checks.map(cells)]);
  return [head, ...rows];
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
