/** The last lines of a run: counts per outcome, why things were skipped, what failed, and where the record is. */
import type { CheckRecord, RunRecord } from "../core/record.ts";
import { cellTables } from "./cell-table.ts";
import { conformanceTable } from "./conformance-table.ts";
import type { Colors } from "./output.ts";
import { duration } from "./terminal-check.ts";
import { visibleText } from "./visible-text.ts";

export function summaryLines(
  record: RunRecord,
  { recordPath, bundleCommand }: { readonly recordPath: string; readonly bundleCommand?: string },
  colors: Colors,
): readonly string[] {
  const { summary, checks } = record;
  const counts = [
    [summary.passed, "passed", colors.green],
    [summary.failed, "failed", colors.red],
    [summary.blocked, "blocked", colors.magenta],
    [summary.finding, summary.finding === 1 ? "finding" : "findings", colors.yellow],
    [summary.skipped, "skipped", colors.cyan],
    [summary.notApplicable, "not applicable", colors.dim],
  ] as const;
  const said = counts
    .filter(([count, name]) => count > 0 || name === "passed" || name === "failed")
    .map(([count, name, color]) => (count > 0 ? color(`${count} ${name}`) : `0 ${name}`));
  const flaky = checks.filter((check) => check.flaky).length;
  if (flaky > 0) said.push(colors.yellow(`${flaky} flaky`));
  const reason = record.reason === undefined ? "" : `: ${visibleText(record.reason)}`;
  return [
    ...failures(checks, colors),
    ...grouped("blocked", checks, colors),
    ...grouped("skipped", checks, colors),
    ...grouped("notApplicable", checks, colors),
    ...figures(record),
    ...conformanceTable(record, colors),
    ...cellTables(record, colors),
    `${verdict(record.verdict, colors)}${reason}`,
    `${said.join(", ")} in ${duration(summary.durationMs)}, seed ${record.seed}`,
    colors.dim(`record: ${recordPath}`),
    ...(record.verdict === "failed" && bundleCommand !== undefined
      ? [colors.dim(`to send it to somebody: ${bundleCommand}`)]
      : []),
  ];
}

function verdict(kind: RunRecord["verdict"], colors: Colors): string {
  switch (kind) {
    case "passed":
      return colors.bold(colors.green("passed"));
    case "failed":
      return colors.bold(colors.red("failed"));
    case "interrupted":
      return colors.bold(colors.yellow("interrupted"));
    case "couldNotRun":
      return colors.bold(colors.red("could not run"));
  }
}

function failures(checks: readonly CheckRecord[], colors: Colors): readonly string[] {
  const failed = checks.filter(({ outcome }) => outcome === "failed");
  return [...namesByReason(failed)].map(([reason, [first, ...others]]) => {
    const more = others.length > 0 ? ` ${colors.dim(`(so did ${others.join(", ")})`)}` : "";
    return `${colors.red("✗")} ${first}: ${reason.split("\n")[0]}${more}`;
  });
}

function namesByReason(checks: readonly CheckRecord[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const check of checks) {
    const reason = visibleText(check.message ?? "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), `${check.suite}/${check.id}`]);
  }
  return reasons;
}

/** "skipped 3: no iperf3 (a/x, a/y, b/z)" */
function grouped(
  kind: "blocked" | "skipped" | "notApplicable",
  checks: readonly CheckRecord[],
  colors: Colors,
): readonly string[] {
  const reasons = namesByReason(checks.filter(({ outcome }) => outcome === kind));
  // What was blocked fails the run, so each is named.
  const most = kind === "blocked" ? Number.POSITIVE_INFINITY : 4;
  const word = kind === "notApplicable" ? "not applicable" : kind;
  return [...reasons].map(([reason, names]) => {
    const few = names.slice(0, most).join(", ");
    const more = names.length > most ? ` and ${names.length - most} more` : "";
    return `${colors.cyan(`${word} ${names.length}`)}: ${reason} ${colors.dim(`(${few}${more})`)}`;
  });
}

function figures({ figures, figuresAbsent }: RunRecord): readonly string[] {
  const doubts = new Map<string, string[]>();
  const doubt = (why: string, name: string) => doubts.set(why, [...(doubts.get(why) ?? []), name]);
  for (const { name, reason } of figuresAbsent) doubt(`not measured: ${reason}`, name);
  const lines: string[] = [];
  for (const { name, value, unit, low, high, n, world, inconclusive } of figures) {
    if (inconclusive !== undefined) {
      doubt(`not conclusive: ${inconclusive}`, name);
      continue;
    }
    const span =
      low === undefined || high === undefined ? "" : ` (${rounded(low)} … ${rounded(high)})`;
    lines.push(`${name}: ${rounded(value)} ${unit}${span}, n = ${n}, ${world}`);
  }
  const doubtful = [...doubts].map(([why, names]) => `${visibleText(why)}: ${names.join(", ")}`);
  return [...lines, ...doubtful];
}

/** Four digits are more than any of these measurements is worth; the record has them all. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
