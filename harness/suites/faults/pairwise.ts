/** A sample of the grid in which every two choices meet at least once: greedy, and the same for the same seed; in no order. */
import type { FaultCase } from "./grid.ts";

export function pairwise(cases: readonly FaultCase[], seed: number): readonly FaultCase[] {
  const open = new Set(cases.flatMap(pairsOf));
  const left = shuffled(cases, seed);
  const chosen: FaultCase[] = [];
  while (open.size > 0) {
    // The first of the best: in shuffled order, so that another seed gives another sample.
    let best = 0;
    let bestGain = -1;
    for (const [index, one] of left.entries()) {
      const gain = pairsOf(one).filter((pair) => open.has(pair)).length;
      if (gain <= bestGain) continue;
      [best, bestGain] = [index, gain];
      if (gain === 3) break;
    }
    const [taken] = left.splice(best, 1);
    if (taken === undefined) break;
    for (const pair of pairsOf(taken)) open.delete(pair);
    chosen.push(taken);
  }
  return chosen;
}

export function pairsOf({ boundary, fault, continuation }: FaultCase): readonly string[] {
  return [`${boundary.id} ${fault}`, `${boundary.id} ${continuation}`, `${fault} ${continuation}`];
}

function shuffled<T>(all: readonly T[], seed: number): T[] {
  const list = [...all];
  let state = seed >>> 0;
  for (let i = list.length - 1; i > 0; i -= 1) {
    // Numerical Recipes' generator: good enough to mix a list.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const [a, b] = [list[i], list[j]];
    if (a === undefined || b === undefined) continue;
    [list[i], list[j]] = [b, a];
  }
  return list;
}
