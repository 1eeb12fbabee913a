/** Records for the tests of reporters: complete, with what matters to a test in its own words. */
import type { CheckRecord, RunRecord } from "../core/record.ts";
import { summarize } from "../core/record-draft.ts";

export function sampleCheck(of: Partial<CheckRecord> = {}): CheckRecord {
  return {
    suite: "s",
    id: "ADD-01",
    title: "ADD answers",
    outcome: "passed",
    ...(of.outcome !== undefined && of.outcome !== "passed" && { message: "why" }),
    attempts: 1,
    flaky: false,
    durationMs: 12,
    log: [],
    evidence: [],
    repeat: "dnc run s",
    ...of,
  };
}

export function sampleRecord(checks: readonly CheckRecord[]): RunRecord {
  return {
    format: 1,
    runId: "20260102T030405Z-4f1c",
    startedAt: "2026-01-02T03:04:05.000Z",
    command: "dnc run",
    seed: 7,
    verdict: checks.some(({ outcome }) => outcome === "failed") ? "failed" : "passed",
    world: { backend: "netns", nodes: 2, vfs: 8, unprivileged: false },
    machine: { kernel: "6.1", node: "v20", cpu: "c", cores: 2, memoryBytes: 1 },
    summary: summarize(checks, 3_400),
    checks: [...checks],
    figures: [],
    figuresAbsent: [],
    plugins: [],
    warnings: [],
  };
}
