/**
 * One thing that must hold, in one short file. A check gets what its suite prepared (`F`), does something a user
 * or a runtime would do, and compares. It passes by returning; everything else is said through the context.
 */
import type { Cell } from "./cell.ts";
import type { Evidence } from "./evidence.ts";

export interface Check<F> {
  /** unique in its suite, stable: "ADD-03", "tcp-across-nodes-ipv6" */
  readonly id: string;
  /** what must hold, one sentence, subject first */
  readonly title: string;
  /** the requirement ids of the CNI catalogue this check proves, with the section of the specification */
  readonly requirement?: {
    readonly id: string;
    readonly level: "MUST" | "SHOULD" | "MAY" | "IMPL";
    readonly section: string;
    /** the version of the specification that it came with */
    readonly since?: string;
  };
  /** for which plugins it is, as dnc list shows it */
  readonly applies?: {
    readonly roles: readonly string[];
    /** what a plugin must claim */
    readonly needs: readonly string[];
    /** the readings of the specification by which alone it may fail; none: by all or by none */
    readonly readings: readonly string[];
  };
  /** its place in a table of checks that are all alike */
  readonly cell?: Cell;
  /** default 30,000 */
  readonly timeoutMs?: number;
  run(fixture: F, t: CheckContext): Promise<void>;
}

export interface CheckContext {
  /** aborts at the timeout, at Ctrl-C, at --fail-fast */
  readonly signal: AbortSignal;
  /** the run's seed mixed with the check's id: the same on each repeat */
  readonly seed: number;
  /** Fails the check unless `condition`. `message` says what should be and what is. */
  must(condition: unknown, message: string): asserts condition;
  /** Fails the check unless both are deeply equal; the record shows both. */
  equal(actual: unknown, expected: unknown, message: string): void;
  fail(message: string): never;
  /** Ends the check as a finding. */
  finding(message: string): never;
  skip(reason: string): never;
  blocked(reason: string): never;
  notApplicable(reason: string): never;
  /** A line shown under the check when it fails or with --verbose. */
  log(line: string): void;
  /** Kept in the record: one run of a plugin, a command, a kernel difference. */
  evidence(evidence: Evidence): void;
  /** How the check went by each reading of the specification, for the record. */
  verdicts(verdicts: Readonly<Record<string, "passed" | "failed">>): void;
  /** Runs at the end of the check, newest first, also after a failure or an abort. */
  cleanup(undo: () => Promise<unknown>): void;
  /** A measured number for the record's `figures`. */
  figure(figure: MeasuredFigure): void;
  /** A figure that could not be had, and why: absent from `figures`, named in `figuresAbsent`. */
  noFigure(name: string, reason: string): void;
}

export interface MeasuredFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** the 95 % interval of `value`, or the range seen */
  readonly low?: number;
  readonly high?: number;
  readonly n: number;
  /** what `dnc compare` calls a regression; without it a figure is only shown */
  readonly better?: "lower" | "higher";
  /** for the rank test of `dnc compare` */
  readonly samples?: readonly number[];
  /** why the number must not be relied on: it is kept, and shown as "not conclusive" */
  readonly inconclusive?: string;
}
