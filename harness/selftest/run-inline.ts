/** Runs inline suites over a world in memory with a real results folder, and gives what came of it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../core/event.ts";
import { type Plan, planSuites } from "../core/plan.ts";
import { type CheckRecord, type RunRecord, runRecordSchema } from "../core/record.ts";
import { run } from "../core/run.ts";
import { openRunFolder } from "../core/run-folder.ts";
import { parseSelection } from "../core/select.ts";
import type { Suite } from "../core/suite.ts";
import { type FakeBackend, fakeBackend } from "./fake-world.ts";

export interface InlineRun {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly backend: FakeBackend;
  /** "passed", or "failed: …" */
  outcome(id: string): string;
  check(id: string): CheckRecord;
}

export interface InlineRunOptions extends Partial<Omit<Plan, "suites">> {
  readonly test?: readonly string[];
  readonly backend?: FakeBackend;
  readonly signal?: AbortSignal;
  onEvent?(event: RunEvent): void;
}

export async function runInline(
  suites: readonly Suite[],
  options: InlineRunOptions = {},
): Promise<InlineRun> {
  const backend = options.backend ?? fakeBackend();
  const results = await mkdtemp(join(tmpdir(), "dnc-selftest-"));
  const events: RunEvent[] = [];
  try {
    const folder = await openRunFolder(results, "run");
    await run({
      runId: "run",
      command: "dnc run",
      plan: {
        suites: planSuites(suites, parseSelection(options.test ?? [])),
        seed: options.seed ?? 1,
        retries: options.retries ?? 0,
        ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
        failFast: options.failFast ?? false,
        retain: options.retain ?? false,
        repeat: (suite, id) => `dnc run ${suite} ${id ?? ""}`.trim(),
      },
      spec: { nodes: 1, vfs: 2 },
      backend,
      folder,
      signal: options.signal ?? new AbortController().signal,
      emit(event) {
        events.push(event);
        options.onEvent?.(event);
      },
    });
    // What is on disk is what counts, and it is held against its schema.
    const record = runRecordSchema
      .strict()
      .parse(JSON.parse(await readFile(folder.recordPath, "utf8")));
    const check = (id: string): CheckRecord => {
      const found = record.checks.find((one) => one.id === id);
      if (!found) throw new Error(`no check ${id} in ${record.checks.map((one) => one.id)}`);
      return found;
    };
    return { record, events, backend, check, outcome: (id) => outcomeText(check(id)) };
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

function outcomeText({ outcome, message }: CheckRecord): string {
  return message === undefined ? outcome : `${outcome}: ${message}`;
}
