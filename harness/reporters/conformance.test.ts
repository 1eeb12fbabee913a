/** The conformance report counts by reading, area and version, keeps its schema, and is written once per plugin. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import picocolors from "picocolors";
import { parse } from "yaml";
import type { CheckRecord, RunRecord } from "../core/record.ts";
import { conformanceReporter } from "./conformance.ts";
import { conformanceReportSchema } from "./conformance-report.ts";
import {
  conformanceReportJsonSchema,
  conformanceReportSchemaPath,
} from "./conformance-report-json-schema.ts";
import { conformanceTable } from "./conformance-table.ts";
import { sampleCheck, sampleRecord } from "./sample-record.ts";

function requirement(id: string, more: Partial<CheckRecord> & { since?: string } = {}) {
  const { since = "0.1.0", ...rest } = more;
  return sampleCheck({
    suite: "conformance",
    id: `tiny/${id}`,
    requirement: { id, level: "MUST", section: "2", since },
    ...rest,
  });
}

const record: RunRecord = {
  ...sampleRecord([
    requirement("ADD-01", { verdicts: { strict: "passed", skel: "passed", runtime: "passed" } }),
    requirement("ADD-02", {
      outcome: "failed",
      verdicts: { strict: "failed", skel: "passed", runtime: "passed" },
    }),
    requirement("GC-01", { outcome: "notApplicable", since: "1.1.0" }),
    requirement("GC-02", {
      outcome: "finding",
      since: "1.1.0",
      verdicts: { strict: "failed", skel: "failed", runtime: "passed" },
    }),
    requirement("STA-01", { outcome: "blocked", since: "1.1.0" }),
    sampleCheck({ suite: "conformance", id: "leaks" }),
  ]),
  plugins: [
    {
      suite: "conformance",
      name: "tiny",
      role: "interface",
      executable: "/opt/cni/bin/tiny",
      build: "tiny 1.0",
      versions: ["1.0.0"],
      claims: [],
      profile: "strict",
    },
  ],
};

async function written(of: RunRecord): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const write = async (name: string, text: string) => void files.set(name, text);
  await conformanceReporter({ write }, "0.1.0").on({ kind: "runFinished", record: of });
  return files;
}

test("the report is YAML and JSON of the same, and keeps its schema", async () => {
  const files = await written(record);
  assert.deepEqual([...files.keys()], ["conformance/tiny.yaml", "conformance/tiny.json"]);
  const report = JSON.parse(files.get("conformance/tiny.json") ?? "");
  assert.deepEqual(parse(files.get("conformance/tiny.yaml") ?? ""), report);
  conformanceReportSchema.strict().parse(report);
});

test("the report counts by profile and area: what did not run counts as such by each", async () => {
  const files = await written(record);
  const report = conformanceReportSchema.parse(
    JSON.parse(files.get("conformance/tiny.json") ?? ""),
  );
  const none = { passed: 0, failed: 0, finding: 0, skipped: 0, blocked: 0, notApplicable: 0 };
  assert.deepEqual(report.summary, {
    ...none,
    ...{ passed: 1, failed: 1, finding: 1, blocked: 1, notApplicable: 1 },
  });
  assert.deepEqual(report.profiles["strict"]?.areas["ADD"], { ...none, passed: 1, failed: 1 });
  assert.deepEqual(report.profiles["skel"]?.areas["ADD"], { ...none, passed: 2 });
  assert.deepEqual(report.profiles["skel"]?.areas["GC"], {
    ...none,
    ...{ finding: 1, notApplicable: 1 },
  });
  assert.deepEqual(report.profiles["runtime"]?.areas["GC"], {
    ...none,
    ...{ passed: 1, notApplicable: 1 },
  });
  assert.deepEqual(report.versions["0.1.0"], { ...none, passed: 1, failed: 1 });
  assert.deepEqual(
    [report.failed, report.findings, report.unknown].map((list) => list.map(({ id }) => id)),
    [["ADD-02"], ["GC-02"], ["STA-01"]],
  );
});

test("a run of other suites writes no report and prints no table", async () => {
  const other = sampleRecord([sampleCheck()]);
  assert.equal((await written(other)).size, 0);
  assert.deepEqual(conformanceTable(other, picocolors.createColors(false)), []);
});

test("the table has a row for each area, each version, and all", () => {
  const lines = conformanceTable(record, picocolors.createColors(false));
  const names = lines.map((line) => line.slice(0, 13).trim());
  assert.deepEqual(names.slice(2), ["ADD", "GC", "STA", "since 0.1.0", "since 1.1.0", "all"]);
  assert.match(lines.at(-1) ?? "", /all +1 +1 +1 +1 +· +1$/);
});

test("conformance-report.schema.json is in step with conformance-report.ts", async () => {
  assert.deepEqual(
    JSON.parse(await readFile(conformanceReportSchemaPath, "utf8")),
    JSON.parse(conformanceReportJsonSchema()),
    "run: node --import tsx harness/reporters/conformance-report-json-schema.ts",
  );
});
