/** Runs one check over one plugin and says by which profiles it failed, or why it was not judged. */
import { makeContext } from "../../../core/check-context.ts";
import { OutcomeSignal } from "../../../core/outcome.ts";
import { judgeBy, requireClaims } from "../grade.ts";
import { type Profile, profiles } from "../judge.ts";
import type { RequirementCheck } from "../requirement-check.ts";
import type { Subject } from "../subject.ts";

export interface Trip {
  /** "late": this laboratory's own deadline, which says nothing about the plugin */
  readonly kind: "passed" | "failed" | "notApplicable" | "blocked" | "skipped" | "finding" | "late";
  /** by which readings; empty unless it failed */
  readonly failed: readonly Profile[];
  readonly message: string;
  readonly durationMs: number;
}

export type Trips = ReadonlyMap<string, Trip>;

const deadlineMs = 120_000;

export async function tripOf(subject: Subject, check: RequirementCheck): Promise<Trip> {
  const startMs = performance.now();
  const seen = await seenOf(subject, check);
  return { ...seen, durationMs: performance.now() - startMs };
}

async function seenOf(
  subject: Subject,
  check: RequirementCheck,
): Promise<Omit<Trip, "durationMs">> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const notes = makeContext({ signal: deadline, seed: 1 });
  const late = { kind: "late", failed: [], message: `not over after ${deadlineMs} ms` } as const;
  try {
    requireClaims(check, subject, notes.context);
    const verdicts = await judgeBy(check, subject, notes.context);
    if (deadline.aborted) return late;
    const failed = profiles.filter((profile) => verdicts[profile].failed);
    const message = failed.map((profile) => verdicts[profile].message)[0] ?? "";
    return { kind: failed.length > 0 ? "failed" : "passed", failed, message };
  } catch (error) {
    if (deadline.aborted) return late;
    const message = error instanceof Error ? error.message : String(error);
    // A check that trips over an answer it cannot read has noticed it.
    if (!(error instanceof OutcomeSignal))
      return { kind: "failed", failed: profiles, message: `it threw: ${message}` };
    return { kind: error.outcome.kind, failed: [], message };
  } finally {
    // What a broken plugin leaves behind goes with its world.
    await notes.cleanUp();
  }
}

const mostAttempts = 5;

/** A verdict that nobody expects counts when it was seen twice in succession; undefined: it never was. */
export async function steadyTrip(
  attempt: () => Promise<Trip>,
  isMeant: boolean,
): Promise<Trip | undefined> {
  let last: Trip | undefined;
  for (let count = 0; count < mostAttempts; count += 1) {
    const trip = await attempt();
    const isExpected = isMeant
      ? trip.kind === "failed"
      : trip.kind === "passed" || trip.kind === "notApplicable";
    const isSame = trip.kind === last?.kind && `${trip.failed}` === `${last.failed}`;
    if (isExpected || (isSame && trip.kind !== "late")) return trip;
    last = trip;
  }
  return undefined;
}
