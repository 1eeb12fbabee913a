/** The schema file is in step with the schema, and what writes the record keeps to it. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkRecord } from "./check-record.ts";
import { isUnprivileged } from "./machine.ts";
import { type CheckRecord, runRecordSchema } from "./record.ts";
import { draftRecord, verdictOf } from "./record-draft.ts";
import { recordJsonSchema, recordSchemaPath } from "./record-json-schema.ts";
import { openRunFolder } from "./run-folder.ts";
import { newRunId } from "./run-id.ts";

const spec = { nodes: 2, vfs: 8 };
const draft = () =>
  draftRecord({ runId: "r", command: "dnc run", seed: 1, backend: "netns", spec });

function ended(id: string, outcome: CheckRecord["outcome"]): CheckRecord {
  const check = { id, title: `${id} holds` };
  const said = outcome === "passed" ? { kind: outcome } : { kind: outcome, message: "why" };
  return checkRecord({ suite: "s", check, outcome: said, durationMs: 1, repeat: "again" });
}

test("record.schema.json is in step with record.ts", async () => {
  const checkedIn = JSON.parse(await readFile(recordSchemaPath, "utf8"));
  assert.deepEqual(
    checkedIn,
    JSON.parse(recordJsonSchema()),
    "run: node --import tsx harness/core/record-json-schema.ts",
  );
});

test("a record is valid at its start and with checks in it", () => {
  const empty = draft();
  runRecordSchema.strict().parse(empty.record("couldNotRun", "not yet"));
  const full = draft();
  full.checks.push(ended("a", "failed"), ended("b", "passed"));
  const record = runRecordSchema.strict().parse(full.record("failed"));
  assert.deepEqual([record.summary.failed, record.summary.passed], [1, 1]);
});

test("the verdict of checks fails for failed and blocked, and could not run with skips only", () => {
  const verdict = (...outcomes: CheckRecord["outcome"][]) =>
    verdictOf(outcomes.map((outcome, i) => ended(`c${i}`, outcome))).verdict;
  assert.equal(verdict("passed", "skipped", "finding", "notApplicable"), "passed");
  assert.equal(verdict("passed", "failed"), "failed");
  assert.equal(verdict("passed", "blocked"), "failed");
  assert.equal(verdict("skipped", "skipped"), "couldNotRun");
  assert.equal(verdict("notApplicable", "skipped"), "passed");
});

test("latest points at the newest run, and no partial file stays", async () => {
  const results = await mkdtemp(join(tmpdir(), "dnc-results-"));
  try {
    await openRunFolder(results, "one");
    const folder = await openRunFolder(results, "two");
    await folder.writeRecord(draft().record("passed"));
    assert.equal(await readlink(join(results, "latest")), "two");
    assert.deepEqual((await readdir(results)).sort(), ["latest", "one", "two"]);
    assert.deepEqual(await readdir(folder.path), ["record.json"]);
  } finally {
    await rm(results, { recursive: true });
  }
});

test("a record that cannot be written is an error that names its file", async () => {
  const results = await mkdtemp(join(tmpdir(), "dnc-results-"));
  const folder = await openRunFolder(results, "gone");
  await rm(results, { recursive: true });
  await assert.rejects(
    folder.writeRecord(draft().record("passed")),
    /^Error: Cannot write .*gone\/record\.json: ENOENT/,
  );
});

test("a folder named latest is not replaced but refused, and leaves nothing half done", async () => {
  const results = await mkdtemp(join(tmpdir(), "dnc-results-"));
  try {
    await mkdir(join(results, "latest"));
    await assert.rejects(openRunFolder(results, "one"));
    assert.deepEqual((await readdir(results)).sort(), ["latest", "one"]);
  } finally {
    await rm(results, { recursive: true });
  }
});

test("run ids sort by time", () => {
  assert.equal(newRunId(new Date("2026-01-02T03:04:05.678Z"), "4f1c"), "20260102T030405Z-4f1c");
});

test("a user namespace in which uid 0 is somebody else is unprivileged", () => {
  assert.equal(isUnprivileged("         0       1000          1\n"), true);
});
