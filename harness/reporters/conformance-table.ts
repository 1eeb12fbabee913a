/** The requirements by area and by version as lines for a person, at the end of a conformance run. */
import type { RunRecord } from "../core/record.ts";
import { areaOf, type Counts, count, groupBy, judgedIn, sinceOf } from "./conformance-counts.ts";
import type { Colors } from "./output.ts";

const columns = [
  ["passed", "passed"],
  ["failed", "failed"],
  ["finding", "finding"],
  ["blocked", "blocked"],
  ["skipped", "skipped"],
  ["notApplicable", "n/a"],
] as const;

export function conformanceTable(record: RunRecord, colors: Colors): readonly string[] {
  return judgedIn(record).flatMap(({ plugin, requirements }) => {
    // By version, numbers and not letters say which is older.
    const versions = [...groupBy(requirements, sinceOf)].sort(([a], [b]) =>
      a.localeCompare(b, "en", { numeric: true }),
    );
    const rows = [
      ...[...groupBy(requirements, areaOf)].map(([area, of]) => row(area, count(of))),
      ...versions.map(([version, of]) => row(`since ${version}`, count(of))),
      row("all", count(requirements)),
    ];
    const build = plugin.build === undefined ? "" : ` (${plugin.build})`;
    return [
      `${colors.bold(plugin.name)}${build} by the profile ${plugin.profile}`,
      colors.dim(`  ${"".padEnd(11)}${columns.map(([, word]) => word.padStart(9)).join("")}`),
      ...rows,
    ];
  });
}

function row(name: string, counts: Counts): string {
  const cells = columns.map(([kind]) => String(counts[kind] || "·").padStart(9));
  return `  ${name.padEnd(11)}${cells.join("")}`;
}
