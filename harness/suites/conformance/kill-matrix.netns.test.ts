/**
 * The judge judged: each check passes the tiny correct plugin and fails its mutants that are meant for it.
 * `npm run kill-matrix` (DNC_KILL_MATRIX=missing) runs each mutant that fixtures/kill-matrix.json has no present row of under
 * every check in its scope, and writes the row as it ends; DNC_KILL_MATRIX=all does so for every mutant.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Mutation } from "../../../fixtures/plugins/mutation.ts";
import { allMutations } from "../../../fixtures/plugins/mutations/all.ts";
import { catalogue } from "./catalogue.ts";
import { type Job, Laboratory, type Trips } from "./kill-matrix/laboratory.ts";
import { readMatrix, writeMatrix } from "./kill-matrix/matrix-file.ts";
import { digestOf, scopeOf } from "./kill-matrix/scope.ts";
import { judgeInShards } from "./kill-matrix/shards.ts";
import { tinyParts } from "./kill-matrix/tiny-installer.ts";
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
const shards = 4;
const timeout = 600_000;

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

test("each mutant trips the checks that are meant", { skip, timeout }, async (t) => {
  if (laboratory?.slowBecause !== undefined) return t.skip(laboratory.slowBecause);
  const missed: string[] = [];
  const jobs = chosenOnes().map((mutation): Job => {
    const { part = "interface", meant } = mutation;
    return { mutation, part, checks: catalogue.filter(({ id }) => meant.includes(id)) };
  });
  await judge(jobs, ({ mutation }, trips) => {
    if (mutation !== undefined) missed.push(...missedBy(mutation, trips));
  });
  assert.deepEqual(missed, []);
});

test("each mutant trips the checks that are meant, and no others", {
  skip: outside || (full === undefined && "takes ten minutes: npm run kill-matrix"),
  timeout: 4 * 3_600_000,
}, async (t) => {
  const mutants = { ...presentRows(full === "all" ? [] : allMutations) };
  const wanted = chosenOnes().filter(({ name }) => mutants[name]?.judged !== "all");
  const extra: string[] = [];
  await judgeInShards(namesOf(wanted), shards, (name, { trips, messages, durationMs }) => {
    const mutation = allMutations.find((one) => one.name === name);
    assert.ok(mutation);
    mutants[name] = rowFor(mutation, trips);
    writeMatrix({ checks: ids, mutants });
    const expected = [...mutation.meant, ...(mutation.besides ?? [])];
    const others = Object.entries(messages).filter(([id]) => !expected.includes(id));
    extra.push(...others.map(([id, message]) => `${name} tripped ${id}: ${message}`));
    const missed = mutation.meant.filter((id) => trips[id] === undefined);
    extra.push(...missed.map((id) => `${id} did not notice ${name}`));
    t.diagnostic(`${name}: ${durationMs} ms, ${Object.keys(trips).join(" ")}`);
  });
  assert.deepEqual(extra, []);
});

const ids = catalogue.map(({ id }) => id);
const namesOf = (mutations: readonly Mutation[]) => mutations.map(({ name }) => name);
const chosenOnes = () => allMutations.filter(({ name }) => name.includes(chosen));

/** an entry of fixtures/kill-matrix.json */
function rowFor(mutation: Mutation, trips: Readonly<Record<string, string>>) {
  const { notRun } = scopeOf(mutation);
  const lines = Object.entries(notRun).map(([reason, left]) => [reason, left.join(" ")]);
  const judged = mutation.isFatal ? "meant" : "all";
  return { of: digestOf(mutation), judged, notRun: Object.fromEntries(lines), trips } as const;
}

/** Rows of these mutants that are of the mutant and of the catalogue as they are now; such a row may have more than is asked. */
function presentRows(mutations: readonly Mutation[]) {
  const { checks, mutants } = readMatrix();
  if (checks.join(" ") !== ids.join(" ")) return {};
  const rows = mutations.flatMap((mutation) => {
    const row = mutants[mutation.name];
    if (row === undefined || row.of !== digestOf(mutation)) return [];
    const allowed = Object.values(rowFor(mutation, {}).notRun).join(" ").split(" ");
    const left = Object.values(row.notRun).join(" ").split(" ");
    return left.every((id) => allowed.includes(id)) ? [[mutation.name, row] as const] : [];
  });
  return Object.fromEntries(rows);
}

function missedBy({ name, meant }: Mutation, trips: Trips): readonly string[] {
  const missed = meant.filter((id) => (trips.get(id)?.failed ?? []).length === 0);
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

test("the checked-in kill matrix covers the present catalogue and the present mutants", () => {
  const { checks, mutants } = readMatrix();
  assert.deepEqual(checks, ids, "the catalogue of the matrix");
  assert.deepEqual(Object.keys(mutants), namesOf(allMutations).toSorted(), "its mutants");
  const present = presentRows(allMutations);
  const old = namesOf(allMutations).filter((name) => present[name] === undefined);
  assert.deepEqual(old, [], "mutants that have changed since: npm run kill-matrix");
  for (const { name, meant, besides = [], isFatal } of allMutations) {
    const { judged, trips = {} } = mutants[name] ?? {};
    assert.equal(judged, isFatal ? "meant" : "all", name);
    assert.deepEqual(
      Object.keys(trips),
      [...meant, ...besides].toSorted(),
      `what ${name} trips is not what is meant`,
    );
  }
});
