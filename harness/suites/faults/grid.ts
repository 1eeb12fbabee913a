/** The 720 cases: every boundary with every fault there and every way in which life goes on after it. */
import { type Boundary, boundaries } from "./boundaries.ts";

/**
 * * `error` the step fails
 * * `kill-shim` the executable is killed there; the daemon goes on at once
 * * `kill-daemon` the process whose boundary it is dies (SIGKILL); its supervisor starts it again
 * * `hang` it stays there past the runtime's deadline and until after life went on; the runtime kills the executable
 * * `cut-after` from there on the daemon hears nothing of the DPU, which still hears and applies what it is asked
 * * `cut-before` from there on nothing passes between daemon and DPU
 *
 * Cuts are healed when life has gone on.
 */
export const faultNames = [
  "error",
  "kill-shim",
  "kill-daemon",
  "hang",
  "cut-after",
  "cut-before",
] as const;
export type FaultName = (typeof faultNames)[number];

/**
 * What comes next: `del` and `del-twice` are the runtime's DELs, `gc` is a GC that lists what the runtime knows, `restart`
 * kills and starts the daemon, `next-add` another pod asks for the same VF, `reboot` cuts the power of the whole node:
 * pods and unsynced writes are gone.
 */
export const continuationNames = [
  "del",
  "del-twice",
  "gc",
  "restart",
  "next-add",
  "reboot",
] as const;
export type ContinuationName = (typeof continuationNames)[number];

export interface FaultCase {
  /** "A5/kill-daemon/gc" */
  readonly id: string;
  readonly boundary: Boundary;
  readonly fault: FaultName;
  readonly continuation: ContinuationName;
}

export const grid: readonly FaultCase[] = boundaries.flatMap((boundary) =>
  faultNames.flatMap((fault) =>
    continuationNames.map((continuation) => ({
      id: `${boundary.id}/${fault}/${continuation}`,
      ...{ boundary, fault, continuation },
    })),
  ),
);

export function titleOf({ boundary, fault, continuation }: FaultCase): string {
  return `${boundary.verb}, ${boundary.title}: ${faultTitles[fault]}; then ${continuationTitles[continuation]}`;
}

const faultTitles: Readonly<Record<FaultName, string>> = {
  error: "the step fails",
  "kill-shim": "the executable is killed",
  "kill-daemon": "the process is killed",
  hang: "it hangs",
  "cut-after": "the DPU's answers are lost",
  "cut-before": "the link to the DPU is cut",
};

const continuationTitles: Readonly<Record<ContinuationName, string>> = {
  del: "DEL",
  "del-twice": "DEL twice",
  gc: "GC without a DEL",
  restart: "the daemon restarts",
  "next-add": "another pod's ADD",
  reboot: "the node loses power",
};
