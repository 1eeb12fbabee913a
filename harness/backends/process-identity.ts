/** Which process a pid meant: the pid with the process's start time, so that a reused pid is never taken for it. */
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** field 22 of /proc/PID/stat: clock ticks since boot */
  readonly startTime: string;
}

export interface ProcessStat extends ProcessIdentity {
  /** one letter: R, S, D, Z … */
  readonly state: string;
  readonly parent: number;
}

/** The process that has `pid` now; undefined when there is none. */
export function processStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  return parseProcessStat(text);
}

/** proc(5): the command in parentheses may itself hold spaces and parentheses, so fields count from the last ")". */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, parent] = fields;
  const startTime = fields[19];
  if (!(pid > 0) || !text.includes(")") || state === undefined || startTime === undefined) {
    return undefined;
  }
  return { pid, startTime, state, parent: Number(parent) };
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = processStat(pid);
  return stat === undefined ? undefined : { pid: stat.pid, startTime: stat.startTime };
}

/** True while this very process runs; a zombie has ended. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = processStat(identity.pid);
  return stat !== undefined && stat.startTime === identity.startTime && stat.state !== "Z";
}

/** Signals this very process; false when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}
