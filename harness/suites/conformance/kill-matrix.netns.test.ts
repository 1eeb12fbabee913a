/**
 * The judge judged: each check passes the tiny correct plugin and fails its mutants that are meant for it.
 * `npm run kill-matrix` (DNC_KILL_MATRIX=missing) runs every mutant under every check where fixtures/kill-matrix.json has no
 * verdict of both as they are now, and writes each row as it ends; DNC_KILL_MATRIX=all forgets what is there.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Mutation } from "../../../fixtures/plugins/mutation.ts";
import { allMutations } from "../../../fixtures/plugins/mutations/all.ts";
import { catalogue } from "./catalogue.ts";
import { type Job, Laboratory } from "./kill-matrix/laboratory.ts";
import { readMatrix } from "./kill-matrix/matrix-file.ts";
import { runMatrix } from "./kill-matrix/run-matrix.ts";
import { tinyParts } from "./kill-matrix/tiny-installer.ts";
import type { Trips } from "./kill-matrix/trips.ts";
import { unkilled } from "./kill-matrix/unkilled.ts";

const outside = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";
/** "all", "missing" or undefined */
const full = process.env["DNC_KILL_MATRIX"];
const skip = outside || (full !== undefined && "the full matrix was asked for");
/** only mutants whose name contains this */
const chosen = process.env["DNC_KILL_MATRIX_ONLY"] ?? "";
const lanes = 3;
const shards = Number(process.env["DNC_KILL_MATRIX_SHARDS"] ?? 4);
const timeout = 600_000;
const goes = 3;

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
  return [...trips].flatMap(([id, { failed, message }]) =>
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
    for (const [id, { kind }] of trips) if (kind === "passed") judged.add(id);
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
    rows.push(Object.fromEntries([...trips].map(([id, { kind }]) => [id, kind])));
  });
  assert.equal(Object.keys(rows[0] ?? {}).length, acrossFronts.size);
  assert.deepEqual(rows[0], rows[1]);
});

test("each mutant trips the checks that are meant", { skip, timeout }, async (t) => {
  if (laboratory?.slowBecause !== undefined) return t.skip(laboratory.slowBecause);
  let jobs = chosenOnes().map((mutation): Job => {
    const { part = "interface", meant, afterwards = [] } = mutation;
    const checks = catalogue.filter(({ id }) => meant.includes(id) && !afterwards.includes(id));
    return { mutation, part, checks, isSteady: true };
  });
  let missed: string[] = [];
  // Some defects show by chance only, such as in an ADD killed at the right moment: they get another go.
  for (let go = 1; go <= goes && jobs.length > 0; go += 1) {
    missed = [];
    const again: Job[] = [];
    await judge(jobs, (job, trips) => {
      const { mutation, checks } = job;
      if (mutation === undefined) return;
      const meant = mutation.meant.filter((id) => checks.some((check) => check.id === id));
      const found = missedBy({ ...mutation, meant }, trips);
      missed.push(...found);
      if (found.length > 0) again.push(job);
    });
    jobs = again;
  }
  assert.deepEqual(missed, []);
});

test(
  "every mutant is judged under every check",
  {
    skip: outside || (full === undefined && "takes half an hour: npm run kill-matrix"),
    timeout: 6 * 3_600_000,
  },
  () => runMatrix({ shards, only: chosen, anew: full === "all" }),
);

const ids = catalogue.map(({ id }) => id);
const namesOf = (mutations: readonly Mutation[]) => mutations.map(({ name }) => name);
const chosenOnes = () => allMutations.filter(({ name }) => name.includes(chosen));

function missedBy({ name, meant }: Mutation, trips: Trips): readonly string[] {
  const missed = meant.filter((id) => trips.get(id)?.kind !== "failed");
  return missed.map(
    (id) => `${id} did not notice ${name}: ${trips.get(id)?.message || "it passed"}`,
  );
}

test("every check of the catalogue has a mutant, or a reason for having none", () => {
  const meant = new Set(allMutations.flatMap((mutation) => mutation.meant));
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

test("the checked-in kill matrix has every present mutant under every present check", () => {
  const { checks, mutants } = readMatrix();
  assert.deepEqual(Object.keys(checks), ids, "the catalogue of the matrix");
  assert.deepEqual(Object.keys(mutants), namesOf(allMutations), "its mutants");
  const pending = Object.entries(mutants).flatMap(([name, row]) =>
    row.pending === undefined ? [] : [`${name}: ${row.pending.slice(0, 80)}`],
  );
  assert.deepEqual(pending, [], "not judged as they are now: npm run kill-matrix");
});

test("each mutant of the checked-in matrix trips the checks that are meant, and no others", () => {
  const { mutants } = readMatrix();
  const differences = allMutations.flatMap(({ name, meant }) => {
    const { trips = {}, pending = "" } = mutants[name] ?? {};
    const extra = Object.keys(trips).filter((id) => !meant.includes(id));
    const missed = meant.filter((id) => trips[id] === undefined && !pending.includes(id));
    return [
      ...extra.map((id) => `${name} trips ${id} too: ${trips[id]?.message}`),
      ...missed.map((id) => `${id} does not notice ${name}`),
    ];
  });
  assert.deepEqual(differences, []);
});
