/** Makes the CheckContext of one attempt, and keeps what the check said through it. */
import { inspect, isDeepStrictEqual } from "node:util";
import type { CheckContext, MeasuredFigure } from "./check.ts";
import { within } from "./deadline.ts";
import { errorText } from "./error-text.ts";
import type { Evidence } from "./evidence.ts";
import { type Outcome, OutcomeSignal } from "./outcome.ts";

/** bytes of one text kept in the record; a plugin that prints for ever must not fill the disk */
const longestText = 64 * 1024;
const undoTimeoutMs = 15_000;

export interface AbsentFigure {
  readonly name: string;
  readonly reason: string;
}

export interface AttemptNotes {
  readonly context: CheckContext;
  readonly log: string[];
  readonly evidence: Evidence[];
  readonly figures: MeasuredFigure[];
  readonly absent: AbsentFigure[];
  readonly verdicts: Record<string, "passed" | "failed">;
  /** Runs the clean-ups newest first; gives what went wrong, never throws. Later clean-ups run at once. */
  cleanUp(): Promise<readonly string[]>;
}

export function makeContext(options: {
  readonly signal: AbortSignal;
  readonly seed: number;
}): AttemptNotes {
  const log: string[] = [];
  const evidence: Evidence[] = [];
  const figures: MeasuredFigure[] = [];
  const absent: AbsentFigure[] = [];
  const verdicts: AttemptNotes["verdicts"] = {};
  const undos: (() => Promise<unknown>)[] = [];
  let over = false;
  const end = (outcome: Exclude<Outcome, { kind: "passed" }>): never => {
    throw new OutcomeSignal(outcome);
  };
  const context: CheckContext = {
    signal: options.signal,
    seed: options.seed,
    must(condition, message) {
      if (!condition) end({ kind: "failed", message });
    },
    equal(actual, expected, message) {
      if (isDeepStrictEqual(actual, expected)) return;
      end({ kind: "failed", message, expected: show(expected), actual: show(actual) });
    },
    fail: (message) => end({ kind: "failed", message }),
    finding: (message) => end({ kind: "finding", message }),
    skip: (message) => end({ kind: "skipped", message }),
    blocked: (message) => end({ kind: "blocked", message }),
    notApplicable: (message) => end({ kind: "notApplicable", message }),
    log: (line) => void log.push(shorten(line)),
    evidence: (seen) => void evidence.push(shortenEvidence(seen)),
    figure(figure) {
      const numbers = [figure.value, figure.low ?? 0, figure.high ?? 0, figure.n];
      if (!numbers.every(Number.isFinite)) {
        const message = `Cannot keep the figure "${figure.name}": ${JSON.stringify(numbers)} are not all numbers`;
        end({ kind: "failed", message });
      }
      figures.push(figure);
    },
    noFigure: (name, reason) => void absent.push({ name, reason: shorten(reason) }),
    verdicts: (given) => void Object.assign(verdicts, given),
    cleanup(undo) {
      // A check that was left behind after its timeout may still make things: they go at once.
      if (over) void runUndo(undo);
      else undos.push(undo);
    },
  };
  return {
    context,
    log,
    evidence,
    figures,
    absent,
    verdicts,
    async cleanUp() {
      over = true;
      const problems: string[] = [];
      for (let undo = undos.pop(); undo; undo = undos.pop()) {
        const problem = await runUndo(undo);
        if (problem !== undefined) problems.push(problem);
      }
      return problems;
    },
  };
}

async function runUndo(undo: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await within("a clean-up", undoTimeoutMs, (async () => undo())());
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function show(value: unknown): string {
  return shorten(inspect(value, { depth: 10, sorted: true, maxArrayLength: 200, breakLength: 90 }));
}

function shorten(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)} … (${text.length - longestText} more characters)`;
}

function shortenEvidence(evidence: Evidence): Evidence {
  switch (evidence.kind) {
    case "command":
      return {
        ...evidence,
        stdin: shorten(evidence.stdin),
        stdout: shorten(evidence.stdout),
        stderr: shorten(evidence.stderr),
      };
    case "text":
      return { ...evidence, text: shorten(evidence.text) };
    case "difference":
      return { ...evidence, lines: evidence.lines.slice(0, 2000).map(shorten) };
  }
}
