/** Checks that are cells of a table, as that table: a row for each source, a column for each destination. */
import { destinations, protocols, sources } from "../core/cell.ts";
import type { CheckRecord, RunRecord } from "../core/record.ts";
import type { Colors } from "./output.ts";

type CellRecord = CheckRecord & { readonly cell: NonNullable<CheckRecord["cell"]> };

/** Nothing for a run without cells. Why a cell failed, or is nobody's, is said beside the table. */
export function cellTables({ checks }: RunRecord, colors: Colors): readonly string[] {
  const cells = checks.flatMap((check) => (check.cell === undefined ? [] : [check as CellRecord]));
  const planes = unique(cells.map(({ cell }) => cell.plane));
  if (planes.length === 0) return [];
  // Checks end in any order.
  const columns = destinations.filter((one) => cells.some(({ cell }) => cell.destination === one));
  const legend = `each cell: ${protocols.join(" ")} over IPv4, then over IPv6; ✓ reaches, ✗ does not, ⊘ blocked, - skipped, · nobody needs it`;
  return [
    ...planes.flatMap((plane) => {
      const own = cells.filter(({ cell }) => cell.plane === plane);
      return table(plane, own, { columns, colors });
    }),
    colors.dim(legend),
  ];
}

interface Looks {
  readonly columns: readonly string[];
  readonly colors: Colors;
}

function table(
  plane: string,
  cells: readonly CellRecord[],
  { columns, colors }: Looks,
): readonly string[] {
  const rows = sources.filter((one) => cells.some(({ cell }) => cell.source === one));
  const label = Math.max(plane.length, ...rows.map((row) => row.length + 2));
  const marks = protocols.length * 2 + 1;
  const width = (column: string) => Math.max(marks, column.length);
  const of = (source: string, destination: string) =>
    cells.filter(({ cell }) => cell.source === source && cell.destination === destination);
  const head = columns.map((column) => column.padEnd(width(column))).join("  ");
  return [
    `${colors.bold(plane.padEnd(label))}  ${colors.dim(head.trimEnd())}`,
    ...rows.map((row) => {
      const texts = columns.map((column) => {
        const pad = " ".repeat(width(column) - marks);
        return `${cellText(of(row, column), colors)}${pad}`;
      });
      return `${`  ${row}`.padEnd(label)}  ${texts.join("  ").trimEnd()}`;
    }),
  ];
}

/** "✓✓✓ ✓✗✓"; a blank where the run had no such check */
function cellText(cells: readonly CellRecord[], colors: Colors): string {
  const mark = (protocol: string, family: 4 | 6) => {
    const found = cells.find(({ cell }) => cell.protocol === protocol && cell.family === family);
    return found === undefined ? " " : markOf(found.outcome, colors);
  };
  return ([4, 6] as const)
    .map((family) => protocols.map((protocol) => mark(protocol, family)).join(""))
    .join(" ");
}

function markOf(outcome: CheckRecord["outcome"], colors: Colors): string {
  switch (outcome) {
    case "passed":
      return colors.green("✓");
    case "failed":
      return colors.red("✗");
    case "finding":
      return colors.yellow("!");
    case "blocked":
      return colors.magenta("⊘");
    case "skipped":
      return colors.cyan("-");
    case "notApplicable":
      return colors.dim("·");
  }
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
