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

/** Polls until the world is as `before`; what still differs after `boundMs`. */
export async function leftOver(
  world: World,
  before: Snapshot,
  boundMs = settleMs,
): Promise<readonly string[]> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    const difference = snapshotDifference(before, await world.snapshot());
    if (difference.length === 0 || performance.now() >= endMs) return difference;
    await sleep(pollMs);
  }
}
