/** fixtures/kill-matrix.json: what each defect trips, under every check, and what is still to be judged. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { allMutations } from "../../../../fixtures/plugins/mutations/all.ts";
import { profiles } from "../judge.ts";
import { checkDigests, mutantDigest } from "./digests.ts";
import type { Trips } from "./trips.ts";

const path = fileURLToPath(new URL("../../../../fixtures/kill-matrix.json", import.meta.url));

const rowSchema = z.strictObject({
  /** digest of the mutation */
  of: z.string(),
  /** ids that it has not been run under since they or it changed; absent: it was run under all */
  pending: z.string().optional(),
  /** requirement → what was in the way of judging it */
  blocked: z.record(z.string(), z.string()),
  /** requirement → by which profiles it failed, or "all", and the first thing it says */
  trips: z.record(z.string(), z.strictObject({ by: z.string(), message: z.string() })),
});

const matrixSchema = z.strictObject({
  /** requirement → digest of its check */
  checks: z.record(z.string(), z.string()),
  mutants: z.record(z.string(), rowSchema),
});

export type MatrixRow = z.infer<typeof rowSchema>;
export type KillMatrix = z.infer<typeof matrixSchema>;

/** The file with every verdict pending that is not of the present mutants and checks. */
export function readMatrix(): KillMatrix {
  const { checks: was, mutants } = matrixSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const checks = checkDigests();
  const ids = Object.keys(checks);
  const changed = ids.filter((id) => checks[id] !== was[id]);
  const rows = allMutations.map((mutation) => {
    const of = mutantDigest(mutation);
    const row = mutants[mutation.name];
    const known = row?.of === of ? row : { of, pending: ids.join(" "), blocked: {}, trips: {} };
    const stale = new Set([...(known.pending?.split(" ") ?? []), ...changed]);
    const pending = ids.filter((id) => stale.has(id)).join(" ");
    const isKept = (id: string) => ids.includes(id) && !stale.has(id);
    return [
      mutation.name,
      {
        of,
        ...(pending !== "" && { pending }),
        blocked: pick(known.blocked, isKept),
        trips: pick(known.trips, isKept),
      },
    ] as const;
  });
  return { checks, mutants: Object.fromEntries(rows) };
}

/** Sorted, so that two runs that see the same write the same. */
export function writeMatrix({ checks, mutants }: KillMatrix): void {
  const rows = Object.entries(mutants).map(
    ([name, { blocked, trips, ...row }]): [string, MatrixRow] => [
      name,
      { ...row, blocked: sorted(blocked), trips: sorted(trips) },
    ],
  );
  const text = JSON.stringify({ checks, mutants: sorted(Object.fromEntries(rows)) }, null, 2);
  writeFileSync(`${path}.new`, `${text}\n`);
  renameSync(`${path}.new`, path);
}

/** The row with these verdicts in it; what has none stays pending. */
export function withVerdicts(row: MatrixRow, trips: Trips): MatrixRow {
  const pending = (row.pending?.split(" ") ?? []).filter((id) => !trips.has(id)).join(" ");
  const isOld = (id: string) => !trips.has(id);
  const blocked = [...trips].flatMap(([id, { kind, message }]) =>
    kind === "passed" || kind === "failed" || kind === "notApplicable"
      ? []
      : [[id, `${kind}: ${shorten(message)}`] as const],
  );
  const failed = [...trips].flatMap(([id, { kind, failed: by, message }]) => {
    if (kind !== "failed") return [];
    const all = by.length === profiles.length;
    return [[id, { by: all ? "all" : by.join(" "), message: shorten(message) }] as const];
  });
  return {
    of: row.of,
    ...(pending !== "" && { pending }),
    blocked: { ...pick(row.blocked, isOld), ...Object.fromEntries(blocked) },
    trips: { ...pick(row.trips, isOld), ...Object.fromEntries(failed) },
  };
}

const longest = 240;

/** Without what is another in each run: ids, names of worlds, times. */
function shorten(message: string): string {
  const plain = message
    .replace(/\s+/g, " ")
    .replace(/\b[0-9a-f]{64}\b/g, "CONTAINER")
    .replace(/\bdnc-[0-9a-f]+/g, "dnc-WORLD")
    .replace(/\S*\/dnc-mutants-[^/\s"]+/g, "COPY")
    .replace(/\b\d+(\.\d+)? ms\b/g, "N ms");
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
}

function pick<T>(record: Readonly<Record<string, T>>, isKept: (id: string) => boolean) {
  return Object.fromEntries(Object.entries(record).filter(([id]) => isKept(id)));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
