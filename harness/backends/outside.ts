/** The bond between a process inside our own user namespace and the one outside that started it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { LineQueue } from "./line-queue.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Set for the process inside: "PID START_TIME UID" of the one outside. */
export const outsideVariable = "DNC_OUTSIDE";

/** Inside, a socket to the process outside: signals come in by name, its end means that the one outside is gone. */
export const lifelineFd = 3;

/** Inside, a file that asks to keep the namespaces when the process inside ends. */
export const keepFile = "/run/dnc/keep";

/** An orderly end takes less; after it nobody is left to ask for a second one. */
const orphanGraceMs = 20_000;

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

/** Inside: takes signals from outside, and ends when the one outside has ended. */
export function holdLifeline(): void {
  const socket = new Socket({ fd: lifelineFd });
  const lines = new LineQueue();
  socket.on("data", (chunk: Buffer) => lines.push(chunk));
  socket.on("error", () => {});
  socket.on("close", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), orphanGraceMs).unref();
  });
  socket.unref();
  void (async () => {
    for await (const signal of lines.lines()) process.kill(process.pid, signal);
  })();
}

/** Inside: lets the namespaces outlive this process. */
export function keepInside(): void {
  mkdirSync(dirname(keepFile), { recursive: true });
  writeFileSync(keepFile, "");
}
