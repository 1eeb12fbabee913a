/** Holds a world against itself: what a suite left behind, after everything has had a moment to come to rest. */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./backend.ts";
import { type Snapshot, snapshotDifference } from "./snapshot.ts";

export const settleMs = 3_000;
const pollMs = 100;

/** A snapshot equal to the one before it; after `boundMs` of unrest, the latest. */
export async function restingSnapshot(world: World, boundMs = settleMs): Promise<Snapshot> {
  const endMs = performance.now() + boundMs;
  let last = await world.snapshot();
  for (;;) {
    const next = await world.snapshot();
    if (snapshotDifference(last, next).length === 0 || performance.now() >= endMs) return next;
    last = next;
    await sleep(pollMs);
  }
}

export interface LeftOver {
  /** nothing of these was there before, or stayed after the first use */
  readonly leaked: readonly string[];
  /** stayed after the first use already, and is the same now */
  readonly constant: readonly string[];
}

/**
 * Polls until the world is as `before`, but for what may stay; what still differs after `boundMs`.
 * @param known lines that had stayed already after the first use: what grows with use is not among them
 */
export async function leftOver(
  world: World,
  before: Snapshot,
  { known = [], boundMs = settleMs }: { known?: readonly string[]; boundMs?: number } = {},
): Promise<LeftOver> {
  const endMs = performance.now() + boundMs;
  const isKnown = new Set(known);
  for (;;) {
    const lines = snapshotDifference(before, await world.snapshot());
    const leaked = lines.filter((line) => !isKnown.has(line));
    if (leaked.length === 0 || performance.now() >= endMs) {
      return { leaked, constant: lines.filter((line) => isKnown.has(line)) };
    }
    await sleep(pollMs);
  }
}
