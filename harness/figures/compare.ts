/** Two records side by side: which figures differ by more than chance and by more than a threshold. */
import type { Figure, RunRecord } from "../core/record.ts";
import { mannWhitneyP } from "./mann-whitney.ts";

export type Verdict =
  /** worse beyond interval, rank test and threshold */
  | "regression"
  | "improvement"
  | "alike"
  /** one of the two is not conclusive, or there is no telling what better would be */
  | "unknown"
  /** in one of the two records only */
  | "missing";

export interface Compared {
  readonly name: string;
  readonly unit: string;
  readonly before?: Figure;
  readonly after?: Figure;
  /** of the value before; positive: more */
  readonly change?: number;
  /** of the rank test, where both have samples */
  readonly p?: number;
  readonly verdict: Verdict;
  /** of "unknown" and "missing" */
  readonly reason?: string;
}

/** below it two sets of samples are not taken for alike */
const significance = 0.01;

/** @param threshold share of the value before, below which a difference does not matter: 0.05 */
export function compareFigures(
  before: readonly Figure[],
  after: readonly Figure[],
  threshold: number,
): readonly Compared[] {
  const olds = new Map(before.map((figure) => [figure.name, figure]));
  const news = new Map(after.map((figure) => [figure.name, figure]));
  return [...new Set([...olds.keys(), ...news.keys()])].map((name) =>
    compareOne(name, { before: olds.get(name), after: news.get(name), threshold }),
  );
}

function compareOne(
  name: string,
  sides: {
    readonly before: Figure | undefined;
    readonly after: Figure | undefined;
    readonly threshold: number;
  },
): Compared {
  const { before, after, threshold } = sides;
  if (before === undefined || after === undefined) {
    const [one, where] = before === undefined ? [after, "first"] : [before, "second"];
    return {
      name,
      unit: one?.unit ?? "",
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      verdict: "missing",
      reason: `the ${where} record has no such figure`,
    };
  }
  const change = (after.value - before.value) / Math.abs(before.value);
  const p =
    before.samples && after.samples ? mannWhitneyP(before.samples, after.samples) : undefined;
  const common = { name, unit: after.unit, before, after, change, ...(p !== undefined && { p }) };
  const doubt = doubtOf(before, after);
  if (doubt !== undefined) return { ...common, verdict: "unknown", reason: doubt };
  const isAlike =
    Math.abs(change) <= threshold || !leavesIntervals(before, after) || (p ?? 0) >= significance;
  if (isAlike) return { ...common, verdict: "alike" };
  const isWorse = (after.better === "lower") === change > 0;
  return { ...common, verdict: isWorse ? "regression" : "improvement" };
}

function doubtOf(before: Figure, after: Figure): string | undefined {
  if (before.unit !== after.unit) return `it was in ${before.unit}, and is in ${after.unit}`;
  if (before.world !== after.world) return `it was of ${before.world}, and is of ${after.world}`;
  if (before.inconclusive !== undefined)
    return `the first is not conclusive: ${before.inconclusive}`;
  if (after.inconclusive !== undefined)
    return `the second is not conclusive: ${after.inconclusive}`;
  if (after.better === undefined) return "neither more nor less of it is better";
  return undefined;
}

/** Neither value lies in the interval of the other. */
function leavesIntervals(before: Figure, after: Figure): boolean {
  const holds = ({ value, low = value, high = value }: Figure, other: number) =>
    low <= other && other <= high;
  return !holds(before, after.value) && !holds(after, before.value);
}

/** What makes two machines unlike, one line each; none: alike. */
export function unlikeMachines(before: RunRecord, after: RunRecord): readonly string[] {
  const facts = ["cpu", "cores", "kernel", "node", "memoryBytes"] as const;
  const machine = facts
    .filter((fact) => before.machine[fact] !== after.machine[fact])
    .map((fact) => `${fact}: ${before.machine[fact]}, then ${after.machine[fact]}`);
  const world = (["backend", "nodes", "vfs", "unprivileged"] as const)
    .filter((fact) => before.world[fact] !== after.world[fact])
    .map((fact) => `world's ${fact}: ${before.world[fact]}, then ${after.world[fact]}`);
  return [...machine, ...world];
}
