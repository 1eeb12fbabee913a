/** A whole run: its folder, its world, its suites, its verdict. The record exists before anything can fail. */
import type { Backend, World, WorldSpec } from "./backend.ts";
import { within } from "./deadline.ts";
import { errorText } from "./error-text.ts";
import type { RunEvent } from "./event.ts";
import { failureKeeper } from "./keep-failure.ts";
import { keepLogs } from "./keep-logs.ts";
import type { Findings, Plan } from "./plan.ts";
import type { RunRecord } from "./record.ts";
import { draftRecord, type RecordDraft, verdictOf } from "./record-draft.ts";
import type { RunFolder } from "./run-folder.ts";
import { runSuites } from "./runner.ts";
import { withSavedLogs } from "./saved-logs.ts";

const disposeTimeoutMs = 60_000;

export interface RunRequest {
  readonly runId: string;
  readonly command: string;
  readonly plan: Plan;
  readonly spec: WorldSpec;
  readonly backend: Backend;
  readonly folder: RunFolder;
  /** Ctrl-C */
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
}

/** Never throws for what happens in the run: the verdict says it. Throws when the record cannot be written. */
export async function run(request: RunRequest): Promise<RunRecord> {
  const { plan, emit, folder } = request;
  const draft = draftRecord({ ...request, seed: plan.seed, backend: request.backend.name });
  await folder.writeRecord(draft.record("couldNotRun", "the run did not come to its end"));
  emit({
    kind: "runStarted",
    runId: request.runId,
    seed: plan.seed,
    command: request.command,
    suites: plan.suites.map(({ suite, checks }) => ({
      name: suite.name,
      checks: checks.length + 1, // and leaks
    })),
  });
  const findings = findingsInto(draft, emit);
  const ended = await judge(request, findings, draft);
  const record = draft.record(ended.verdict, ended.reason);
  await folder.writeRecord(record);
  emit({ kind: "runFinished", record });
  return record;
}

interface Ended {
  readonly verdict: RunRecord["verdict"];
  readonly reason?: string;
}

const interrupted: Ended = { verdict: "interrupted", reason: "by a signal, before its end" };

async function judge(request: RunRequest, raw: Findings, draft: RecordDraft): Promise<Ended> {
  const { signal, emit } = request;
  const progress = (line: string) => emit({ kind: "progress", line });
  let world: World;
  try {
    world = await request.backend.up(request.spec, { signal, progress });
  } catch (error) {
    if (signal.aborted) return interrupted;
    return { verdict: "couldNotRun", reason: errorText(error) };
  }
  const findings = withSavedLogs(raw, world, request.folder.path);
  let trouble: string | undefined;
  let goodbye = "removing the world";
  try {
    const { retained } = await runSuites(world, request.plan, {
      signal,
      findings,
      keepFailure: failureKeeper(world, request.folder),
      suiteEnded: () => refresh(request.folder, draft, findings),
    });
    if (retained) {
      goodbye = `keeping the world ${world.id}`;
      for (const line of world.retain()) findings.warn(line);
    }
  } catch (error) {
    trouble = `the runner failed: ${errorText(error)}`;
  }
  if (draft.checks.some(({ outcome }) => outcome === "failed" || outcome === "blocked")) {
    await saveLogs(world, request, findings);
  }
  try {
    progress(goodbye);
    const removal = (async () => world[Symbol.asyncDispose]())();
    await within(goodbye, disposeTimeoutMs, removal);
  } catch (error) {
    trouble ??= `Cannot remove the world "${world.id}": ${errorText(error)}; run dnc clean`;
  }
  if (trouble !== undefined) findings.warn(trouble);
  if (signal.aborted) return interrupted;
  return trouble === undefined ? verdictOf(draft.checks) : { verdict: "failed", reason: trouble };
}

async function saveLogs(world: World, request: RunRequest, findings: Findings): Promise<void> {
  try {
    const saved = await keepLogs(world, request.folder.path);
    if (saved) request.emit({ kind: "progress", line: `the nodes' logs are in ${saved}` });
  } catch (error) {
    findings.warn(`Cannot save the nodes' logs: ${errorText(error)}`);
  }
}

function findingsInto(draft: RecordDraft, emit: (event: RunEvent) => void): Findings {
  return {
    emit,
    warn(line) {
      draft.warnings.push(line);
      emit({ kind: "warning", line });
    },
    keep: (check) => void draft.checks.push(check),
    figure: (figure) => void draft.figures.push(figure),
    noFigure: (figure) => void draft.absent.push(figure),
    judged: (plugin) => void draft.plugins.push(plugin),
  };
}

/** A full disk half-way is a warning; at the end it is an error. */
async function refresh(folder: RunFolder, draft: RecordDraft, findings: Findings): Promise<void> {
  try {
    await folder.writeRecord(draft.record("couldNotRun", "the run did not come to its end"));
  } catch (error) {
    findings.warn(errorText(error));
  }
}
