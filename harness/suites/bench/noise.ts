/** Whether the machine was quiet while something was measured; a reason when it was not. */
import { median, quantile } from "../../figures/quantile.ts";

export interface Disturbance {
  /** of all cores' time, taken by the hypervisor */
  readonly stealShare: number;
  /** of all cores' time, used by processes that are neither ours nor the kernel's */
  readonly foreignShare: number;
  /** durations of one fixed piece of work, in order */
  readonly calibrationMs: readonly number[];
}

const limits = {
  stealShare: 0.01,
  foreignShare: 0.05,
  /** between the first and the last third */
  drift: 0.05,
  /** how far the slow tenth is above the median */
  spread: 0.25,
} as const;

/** fewer say nothing of drift */
const leastCalibrations = 9;

/** undefined: quiet */
export function noiseOf(seen: Disturbance): string | undefined {
  const reasons: string[] = [];
  if (seen.stealShare > limits.stealShare) {
    reasons.push(`the hypervisor took ${percent(seen.stealShare)} of the CPU time`);
  }
  if (seen.foreignShare > limits.foreignShare) {
    reasons.push(`other processes used ${percent(seen.foreignShare)} of the CPU time`);
  }
  const { drift, spread } = calibrationOf(seen.calibrationMs);
  if (Math.abs(drift) > limits.drift) {
    const word = drift > 0 ? "longer" : "less";
    reasons.push(`the same work took ${percent(Math.abs(drift))} ${word} at the end than at first`);
  }
  if (spread > limits.spread) {
    reasons.push(`the same work took ${percent(spread)} longer in one of ten cases`);
  }
  return reasons.length === 0 ? undefined : `the machine was not quiet: ${reasons.join("; ")}`;
}

export function calibrationOf(calibrationMs: readonly number[]): {
  readonly drift: number;
  readonly spread: number;
} {
  const third = Math.floor(calibrationMs.length / 3);
  if (calibrationMs.length < leastCalibrations) return { drift: 0, spread: 0 };
  const first = median(calibrationMs.slice(0, third));
  const last = median(calibrationMs.slice(-third));
  const middle = median(calibrationMs);
  return { drift: last / first - 1, spread: quantile(calibrationMs, 0.9) / middle - 1 };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
