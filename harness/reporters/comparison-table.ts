/** A comparison of two records as lines for people: what got worse first. */
import type { Compared, Verdict } from "../figures/compare.ts";
import type { Colors } from "./output.ts";
import { visibleText } from "./visible-text.ts";

const order: readonly Verdict[] = ["regression", "improvement", "alike"];

export function comparisonTable(compared: readonly Compared[], colors: Colors): readonly string[] {
  const shown = order.flatMap((verdict) => compared.filter((one) => one.verdict === verdict));
  const rows = shown.map(cells);
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const print = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    ...(rows.length > 0 ? [colors.dim(print(heads))] : []),
    ...rows.map((row, i) => paint(shown[i]?.verdict, colors)(print(row))),
    ...notCompared(compared, colors),
    counts(compared),
  ];
}

const heads = ["figure", "before", "after", "change", "p", "verdict"];

function cells({ name, unit, before, after, change, p, verdict }: Compared): readonly string[] {
  const number = (value: number | undefined) =>
    value === undefined ? "" : `${Number(value.toPrecision(4))} ${unit}`;
  const sign = (change ?? 0) > 0 ? "+" : "";
  return [
    name,
    number(before?.value),
    number(after?.value),
    change === undefined ? "" : `${sign}${(change * 100).toFixed(1)} %`,
    p === undefined ? "" : p < 0.001 ? "<0.001" : p.toFixed(3),
    verdict,
  ];
}

function paint(verdict: Verdict | undefined, colors: Colors): (text: string) => string {
  if (verdict === "regression") return colors.red;
  return verdict === "improvement" ? colors.green : (text) => text;
}

function notCompared(compared: readonly Compared[], colors: Colors): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { name, reason } of compared) {
    if (reason !== undefined) names.set(reason, [...(names.get(reason) ?? []), name]);
  }
  return [...names].map(
    ([reason, all]) =>
      `${colors.cyan(`not compared ${all.length}`)}: ${visibleText(reason)} ${colors.dim(`(${all.join(", ")})`)}`,
  );
}

function counts(compared: readonly Compared[]): string {
  const count = (verdict: Verdict) => compared.filter((one) => one.verdict === verdict).length;
  const known = order.reduce((sum, verdict) => sum + count(verdict), 0);
  return `${count("regression")} regressions, ${count("improvement")} improvements in ${known} compared figures`;
}
