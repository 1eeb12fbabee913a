/**
 * The judge judged: each check passes the tiny correct plugin and fails its mutants that are meant for it. DNC_KILL_MATRIX=all
 * (`npm run kill-matrix`) runs every mutant under every check instead, and writes fixtures/kill-matrix.json.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Mutation } from "../../../fixtures/plugins/mutation.ts";
import { allMutations } from "../../../fixtures/plugins/mutations/all.ts";
import { catalogue } from "./catalogue.ts";
import { type Job, Laboratory, type Trips } from "./kill-matrix/laboratory.ts";
import { readMatrix, rowOf, writeMatrix } from "./kill-matrix/matrix-file.ts";
import { tinyParts } from "./kill-matrix/tiny-installer.ts";
import { unkilled } from "./kill-matrix/unkilled.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";
const everything = process.env["DNC_KILL_MATRIX"] === "all";
/** only mutants whose name contains this */
const chosen = process.env["DNC_KILL_MATRIX_ONLY"] ?? "";
const lanes = 3;
const timeout = everything ? 4 * 3_600_000 : 600_000;

/** cheap ones that say whether the two fronts are the same plugin */
const acrossFronts = new Set(["PRO-08", "ERR-01", "VER-02", "ADD-01", "RES-08", "DEL-01", "GC-01"]);

let laboratory: Laboratory | undefined;

before(async () => {
  if (!skip) laboratory = await Laboratory.open(lanes);
});

after(() => laboratory?.[Symbol.asyncDispose]());

async function judge(jobs: readonly Job[], report: (job: Job, trips: Trips) => void) {
  assert.ok(laboratory);
  await laboratory.judge(jobs, report);
}

function failuresOf(trips: Trips): readonly string[] {
  return [...trips].flatMap(([id, { failed = [], message }]) =>
    failed.length === 0 ? [] : [`${id} by ${failed.join(", ")}: ${message}`],
  );
}

test("the correct plugin passes every check, in each of its parts", {
  skip,
  timeout,
}, async (t) => {
  if (chosen !== "") return t.skip("only some mutants were asked for");
  const judged = new Set<string>();
  const failures: string[] = [];
  const jobs = tinyParts.map((part) => ({ part, checks: catalogue }));
  await judge(jobs, ({ part }, trips) => {
    failures.push(...failuresOf(trips).map((line) => `${part}: ${line}`));
    for (const [id, { failed }] of trips) if (failed !== undefined) judged.add(id);
  });
  assert.deepEqual(failures, []);
  const never = catalogue.map(({ id }) => id).filter((id) => !judged.has(id) && !unkilled[id]);
  // ERR-06 is about plugins that refuse unknown keys, which is not wrong, and not what this one does.
  assert.deepEqual(
    never.filter((id) => id !== "ERR-06"),
    [],
    "checks that judge no part of it",
  );
});

test("the correct plugin is the same behind both of its fronts", { skip, timeout }, async (t) => {
  if (laboratory?.slowBecause !== undefined) return t.skip(laboratory.slowBecause);
  const checks = catalogue.filter(({ id }) => acrossFronts.has(id));
  const rows: Record<string, string>[] = [];
  const jobs = [false, true].map((isProcess) => ({
    part: "interface" as const,
    checks,
    isProcess,
  }));
  await judge(jobs, (_job, trips) => {
    rows.push(Object.fromEntries([...trips].map(([id, { failed }]) => [id, `${failed}`])));
  });
  assert.equal(Object.keys(rows[0] ?? {}).length, acrossFronts.size);
  assert.deepEqual(rows[0], rows[1]);
});

test("each mutant trips the checks that are meant, and no others", { skip, timeout }, async (t) => {
  if (laboratory?.slowBecause !== undefined) return t.skip(laboratory.slowBecause);
  const surprises: string[] = [];
  const rows: Record<string, { judged: "all" | "meant"; trips: Record<string, string> }> = {};
  const chosenOnes = allMutations.filter(({ name }) => name.includes(chosen));
  await judge(chosenOnes.map(jobOf), ({ mutation }, trips) => {
    if (mutation === undefined) return;
    const row = rowOf(trips);
    const judged = everything && !mutation.isFatal ? "all" : "meant";
    rows[mutation.name] = { judged, trips: { ...row } };
    surprises.push(...surprisesOf(mutation, trips));
  });
  if (everything) writeMatrix({ mutants: { ...existing(), ...rows } });
  assert.deepEqual(surprises, []);
});

function jobOf(mutation: Mutation): Job {
  const { part = "interface", meant, isFatal = false } = mutation;
  const checks = catalogue.filter(({ id }) => (everything && !isFatal) || meant.includes(id));
  return { mutation, part, checks };
}

function surprisesOf({ name, meant }: Mutation, trips: Trips): readonly string[] {
  const missed = meant.filter((id) => (trips.get(id)?.failed ?? []).length === 0);
  const extra = failuresOf(trips).filter((line) => !meant.some((id) => line.startsWith(id)));
  return [
    ...missed.map((id) => `${id} did not notice ${name}: ${trips.get(id)?.message || "it passed"}`),
    ...extra.map((line) => `${name} tripped ${line}`),
  ];
}

/** rows of mutants that are still planned */
function existing() {
  const planned = new Set(allMutations.map(({ name }) => name));
  const rows = Object.entries(readMatrix().mutants).filter(([name]) => planned.has(name));
  return Object.fromEntries(rows);
}

test("every check of the catalogue has a mutant, or a reason for having none", () => {
  const meant = new Set(allMutations.flatMap((mutation) => mutation.meant));
  const ids = catalogue.map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id) => !meant.has(id) && !unkilled[id]),
    [],
    "checks that kill nothing",
  );
  assert.deepEqual(
    Object.keys(unkilled).filter((id) => meant.has(id) || !ids.includes(id)),
    [],
    "checks listed as killing nothing that do, or that are not there",
  );
});

test("the checked-in kill matrix covers the present catalogue and the present mutants", () => {
  const { mutants } = readMatrix();
  const names = allMutations.map(({ name }) => name);
  assert.deepEqual(Object.keys(mutants), names.toSorted(), "mutants of the matrix");
  const wrong = allMutations.flatMap(({ name, meant }) => {
    const tripped = Object.keys(mutants[name]?.trips ?? {});
    return meant.toSorted().join(" ") === tripped.join(" ")
      ? []
      : [`${name}: ${tripped.join(" ")}`];
  });
  assert.deepEqual(wrong, [], "mutants whose row is not what is meant");
});
