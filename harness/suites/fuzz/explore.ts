/** Looks for an input that refutes a property: saved ones first, then new ones from a seed, shrunk to the smallest. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { errorText } from "../../core/error-text.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import type { Kit } from "./kit.ts";
import { type FuzzProperty, Refuted } from "./property.ts";

export interface Counterexample {
  readonly input: FuzzInput;
  readonly message: string;
  /** where fast-check found it; none for one that was saved before */
  readonly path?: string;
  /** file name of one that was saved before */
  readonly file?: string;
}

export interface ExploreOptions {
  readonly inputs: fc.Arbitrary<FuzzInput>;
  readonly saved: readonly { readonly file: string; readonly input: FuzzInput }[];
  /** of fast-check */
  readonly seed: number;
  readonly runs: number;
  /** replays the counterexample found there, and nothing else */
  readonly path?: string | undefined;
  readonly signal: AbortSignal;
}

/** then shrinking ends with the best it has */
const shrinkLimitMs = 5_000;
/** for a plugin that cleans up after its answer */
const settleMs = 500;
const pollMs = 50;

export async function explore(
  property: FuzzProperty,
  kit: Kit,
  options: ExploreOptions,
): Promise<Counterexample | undefined> {
  const { saved, path } = options;
  const cleanly = (input: FuzzInput) => holdsCleanly(property, input, kit);
  for (const { file, input } of path === undefined ? saved : []) {
    const message = await refutation(() => cleanly(input));
    if (message !== undefined) return { input, message, file };
  }
  if (path !== undefined) return search(cleanly, options);
  // The state is looked at once for all runs, since looking costs more than a call; run by run only when it differs.
  const before = await kit.state();
  const found = await search((input) => property.holds(input, kit), options);
  if (found !== undefined) return found;
  const lines = await difference(before, kit);
  if (lines.length === 0) return undefined;
  const culprit = await search(cleanly, options);
  if (culprit !== undefined) return culprit;
  throw new Refuted(`after all runs the node is not as it was: ${lines.slice(0, 3).join("; ")}`);
}

async function search(
  holds: (input: FuzzInput) => Promise<void>,
  { inputs, seed, runs, path, signal }: ExploreOptions,
): Promise<Counterexample | undefined> {
  let shrinksUntilMs = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(inputs, async (input) => {
    signal.throwIfAborted();
    // Time is up: every smaller input counts as holding, so that the smallest so far is the answer.
    if (performance.now() >= shrinksUntilMs) return;
    try {
      await holds(input);
    } catch (error) {
      shrinksUntilMs = Math.min(shrinksUntilMs, performance.now() + shrinkLimitMs);
      throw error;
    }
  });
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    ...(path !== undefined && { path }),
  });
  signal.throwIfAborted();
  if (!details.failed || details.counterexample === null) return undefined;
  const [input] = details.counterexample;
  const error = details.errorInstance;
  if (!(error instanceof Refuted)) throw error;
  return { input, message: error.message, path: details.counterexamplePath };
}

async function holdsCleanly(property: FuzzProperty, input: FuzzInput, kit: Kit): Promise<void> {
  const before = await kit.state();
  await property.holds(input, kit);
  const lines = await difference(before, kit);
  if (lines.length > 0) {
    throw new Refuted(`${input.verb} should leave nothing behind: ${lines.slice(0, 3).join("; ")}`);
  }
}

async function difference(before: readonly string[], kit: Kit): Promise<readonly string[]> {
  const endMs = performance.now() + settleMs;
  for (;;) {
    const after = await kit.state();
    if (isDeepStrictEqual(before, after)) return [];
    if (performance.now() >= endMs) {
      return [
        ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
        ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
      ];
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function refutation(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Refuted) return errorText(error);
    throw error;
  }
}
