/** Runs one check over one plugin and says by which profiles it failed, or why it was not judged. */
import { makeContext } from "../../../core/check-context.ts";
import { OutcomeSignal } from "../../../core/outcome.ts";
import { judgeBy, requireClaims } from "../grade.ts";
import { type Profile, profiles } from "../judge.ts";
import type { RequirementCheck } from "../requirement-check.ts";
import type { Subject } from "../subject.ts";

export interface Trip {
  /** undefined: not applicable, blocked, skipped */
  readonly failed: readonly Profile[] | undefined;
  readonly message: string;
  readonly durationMs: number;
}

export async function tripOf(subject: Subject, check: RequirementCheck): Promise<Trip> {
  const startMs = performance.now();
  const seen = await seenOf(subject, check);
  return { ...seen, durationMs: performance.now() - startMs };
}

type Seen = Omit<Trip, "durationMs">;

async function seenOf(subject: Subject, check: RequirementCheck): Promise<Seen> {
  const notes = makeContext({ signal: AbortSignal.timeout(60_000), seed: 1 });
  try {
    requireClaims(check, subject, notes.context);
    const verdicts = await judgeBy(check, subject, notes.context);
    const failed = profiles.filter((profile) => verdicts[profile].failed);
    return { failed, message: failed.map((profile) => verdicts[profile].message)[0] ?? "" };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // A check that trips over an answer it cannot read has noticed it.
    if (!(error instanceof OutcomeSignal))
      return { failed: profiles, message: `it threw: ${text}` };
    return { failed: undefined, message: `${error.outcome.kind}: ${text}` };
  } finally {
    // What a broken plugin leaves behind goes with its world.
    await notes.cleanUp();
  }
}
