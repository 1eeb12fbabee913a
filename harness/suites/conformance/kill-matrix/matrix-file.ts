/** fixtures/kill-matrix.json: which defects each check was seen to notice, and by which profiles. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { profiles } from "../judge.ts";
import type { Trips } from "./laboratory.ts";
import { reasons } from "./scope.ts";

const path = fileURLToPath(new URL("../../../../fixtures/kill-matrix.json", import.meta.url));

const matrixSchema = z.strictObject({
  /** the catalogue that it covers */
  checks: z.array(z.string()),
  /** what the names of reasons in `notRun` stand for */
  reasons: z.record(z.string(), z.string()),
  /** mutant → requirement → "all", or the profiles by which it failed */
  mutants: z.record(
    z.string(),
    z.strictObject({
      /** digest of the mutation */
      of: z.string(),
      /** which checks it was run under: all of the catalogue but `notRun`, or those meant to notice it */
      judged: z.enum(["all", "meant"]),
      /** reason → ids */
      notRun: z.record(z.string(), z.string()),
      trips: z.record(z.string(), z.string()),
    }),
  ),
});

export type KillMatrix = z.infer<typeof matrixSchema>;

export function readMatrix(): KillMatrix {
  return matrixSchema.parse(JSON.parse(readFileSync(path, "utf8")));
}

/** Sorted, so that two runs that see the same write the same. */
export function writeMatrix({ checks, mutants }: Omit<KillMatrix, "reasons">): void {
  const sorted = sortedByKey(mutants, ({ of, judged, notRun, trips }) => ({
    of,
    judged,
    notRun,
    trips: sortedByKey(trips, (by) => by),
  }));
  writeFileSync(path, `${JSON.stringify({ checks, reasons, mutants: sorted }, null, 2)}\n`);
}

/** The checks that failed, by which profiles. */
export function rowOf(trips: Trips): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...trips].flatMap(([id, { failed = [] }]) => {
      if (failed.length === 0) return [];
      return [[id, failed.length === profiles.length ? "all" : failed.join(" ")]];
    }),
  );
}

function sortedByKey<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U) {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}
