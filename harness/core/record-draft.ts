/** The record while its run goes on: collects what happened and can be written out at any moment. */
import type { WorldSpec } from "./backend.ts";
import { isUnprivileged, machine } from "./machine.ts";
import { outcomeKinds } from "./outcome.ts";
import type {
  AbsentFigureRecord,
  CheckRecord,
  Figure,
  PluginRecord,
  RunRecord,
  Summary,
} from "./record.ts";

export interface RecordDraft {
  readonly checks: CheckRecord[];
  readonly figures: Figure[];
  readonly absent: AbsentFigureRecord[];
  readonly plugins: PluginRecord[];
  readonly warnings: string[];
  /** `reason` says why a run could not run, was interrupted, or failed outside its checks */
  record(verdict: RunRecord["verdict"], reason?: string): RunRecord;
}

export function draftRecord(of: {
  readonly runId: string;
  readonly command: string;
  readonly seed: number;
  readonly backend: string;
  readonly spec: WorldSpec;
}): RecordDraft {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const checks: CheckRecord[] = [];
  const figures: Figure[] = [];
  const absent: AbsentFigureRecord[] = [];
  const plugins: PluginRecord[] = [];
  const warnings: string[] = [];
  const facts = {
    format: 1 as const,
    runId: of.runId,
    startedAt,
    command: of.command,
    seed: of.seed,
    world: {
      backend: of.backend,
      nodes: of.spec.nodes,
      vfs: of.spec.vfs,
      unprivileged: isUnprivileged(),
    },
    machine: machine(),
  };
  return {
    checks,
    figures,
    absent,
    plugins,
    warnings,
    record: (verdict, reason) => ({
      ...facts,
      verdict,
      ...(reason !== undefined && { reason }),
      summary: summarize(checks, performance.now() - startedMs),
      checks: [...checks],
      figures: [...figures],
      figuresAbsent: [...absent],
      plugins: [...plugins],
      warnings: [...warnings],
    }),
  };
}

export function summarize(checks: readonly CheckRecord[], durationMs: number): Summary {
  const count = (kind: CheckRecord["outcome"]) =>
    checks.filter((check) => check.outcome === kind).length;
  const counts = Object.fromEntries(outcomeKinds.map((kind) => [kind, count(kind)]));
  return { ...(counts as Omit<Summary, "durationMs">), durationMs: Math.round(durationMs) };
}

/** What the checks alone say. A check that never ran proves nothing; a blocked one hides a failure. */
export function verdictOf(checks: readonly CheckRecord[]): {
  readonly verdict: "passed" | "failed" | "couldNotRun";
  readonly reason?: string;
} {
  if (checks.some(({ outcome }) => outcome === "failed" || outcome === "blocked")) {
    return { verdict: "failed" };
  }
  const asked = checks.filter(({ id }) => id !== "leaks");
  if (asked.every(({ outcome }) => outcome === "skipped")) {
    const why = [...new Set(asked.map(({ message }) => message ?? ""))].join("; ");
    return { verdict: "couldNotRun", reason: `every check was skipped: ${why}` };
  }
  return { verdict: "passed" };
}
