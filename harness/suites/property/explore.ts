/** Looks for a sequence that breaks the product: saved ones first, then new ones from a seed, shrunk to the smallest. */
import fc from "fast-check";
import { errorText } from "../../core/error-text.ts";
import { play, Violation } from "./play.ts";
import type { Stage } from "./stage.ts";
import { type Step, sequences } from "./step.ts";

export interface Exploration {
  readonly saved: readonly { readonly file: string; readonly sequence: readonly Step[] }[];
  /** of fast-check */
  readonly seed: number;
  /** sequences are begun until so many steps are done */
  readonly steps: number;
  /** replays the one sequence found there */
  readonly path?: string | undefined;
  /** how long to look for a smaller one, from the first that was found; default 60,000 */
  readonly shrinkMs?: number;
  readonly signal: AbortSignal;
  /** after each sequence */
  onProgress?(done: { readonly steps: number; readonly sequences: number }): void;
}

export type Explored =
  | { readonly kind: "held"; readonly steps: number; readonly sequences: number }
  | {
      readonly kind: "broken";
      readonly sequence: readonly Step[];
      readonly message: string;
      /** steps done until it was first found */
      readonly steps: number;
      /** of a new one */
      readonly path?: string;
      /** of a saved one */
      readonly file?: string;
    };

export async function explore(stage: Stage, exploration: Exploration): Promise<Explored> {
  const { saved, path, signal, shrinkMs = 60_000, onProgress } = exploration;
  let steps = 0;
  let played = 0;
  let foundAt: number | undefined;
  let shrinkUntilMs = Number.POSITIVE_INFINITY;

  const attempt = async (sequence: readonly Step[]) => {
    try {
      await play(sequence, stage, () => {
        signal.throwIfAborted();
        steps += 1;
      });
      played += 1;
      onProgress?.({ steps, sequences: played });
    } catch (error) {
      signal.throwIfAborted();
      // What broke is no place to go on from.
      await stage.reset();
      throw error;
    }
  };

  for (const { file, sequence } of path === undefined ? saved : []) {
    try {
      await attempt(sequence);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return { kind: "broken", sequence, message: errorText(error), steps, file };
    }
  }

  const property = fc.asyncProperty(sequences, async (sequence) => {
    signal.throwIfAborted();
    const isShrinking = foundAt !== undefined;
    // Enough is done, or time is up: then every smaller one counts as holding, and the smallest so far is the answer.
    if (!isShrinking && path === undefined && steps >= exploration.steps) return;
    if (performance.now() >= shrinkUntilMs) return;
    try {
      await attempt(sequence);
    } catch (error) {
      foundAt ??= steps;
      shrinkUntilMs = Math.min(shrinkUntilMs, performance.now() + shrinkMs);
      throw error;
    }
  });
  const details = await fc.check(property, {
    seed: exploration.seed,
    numRuns: Math.max(1, exploration.steps),
    ...(path !== undefined && { path, endOnFailure: true }),
  });
  signal.throwIfAborted();
  if (!details.failed || details.counterexample === null) {
    return { kind: "held", steps, sequences: played };
  }
  const [sequence] = details.counterexample;
  const error = details.errorInstance;
  if (!(error instanceof Violation)) throw error;
  const at = { steps: foundAt ?? steps, path: details.counterexamplePath ?? "" };
  return { kind: "broken", sequence, message: error.message, ...at };
}
