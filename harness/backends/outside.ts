/** What a process inside our own user namespace knows of the process that started it outside. */
import type { ProcessIdentity } from "./process-identity.ts";

/** Set by `ensurePrivileges` for the process inside: "PID START_TIME UID" of the one outside. */
export const outsideVariable = "DNC_OUTSIDE";

export interface Outside {
  /** the process outside; the inside ends with it */
  readonly process: ProcessIdentity;
  /** the user that it runs as */
  readonly uid: number;
}

/** undefined when this process is not inside a user namespace of ours. */
export function outsideOf(environment: NodeJS.ProcessEnv = process.env): Outside | undefined {
  const [pid, startTime, uid] = (environment[outsideVariable] ?? "").split(" ");
  if (pid === undefined || startTime === undefined || uid === undefined) return undefined;
  return { process: { pid: Number(pid), startTime }, uid: Number(uid) };
}

export function printOutside({ process, uid }: Outside): string {
  return `${process.pid} ${process.startTime} ${uid}`;
}
