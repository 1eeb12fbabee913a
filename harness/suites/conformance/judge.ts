/**
 * What a check says about a plugin. There is not one specification but three readings of it, and a check is judged by
 * each: `strict` is the text, `skel` is what every plugin built on Go's skel does, `runtime` is what containerd, CRI-O
 * and Multus survive. `must`, `equal` and `fail` count against all of them.
 */
import type { CheckContext } from "../../core/check.ts";

export const profiles = ["strict", "skel", "runtime"] as const;
export type Profile = (typeof profiles)[number];

export interface Judge extends CheckContext {
  /** Where the readings differ: unless `condition`, the check fails by these profiles only, and goes on. */
  against(profiles: readonly Profile[], condition: unknown, message: string): void;
}

export interface Difference {
  readonly profiles: readonly Profile[];
  readonly message: string;
}

export function judgeFor(t: CheckContext): {
  readonly judge: Judge;
  readonly differences: readonly Difference[];
} {
  const differences: Difference[] = [];
  const judge: Judge = {
    ...t,
    against(failing, condition, message) {
      if (!condition) differences.push({ profiles: failing, message });
    },
  };
  return { judge, differences };
}
