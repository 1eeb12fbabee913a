/** CPU of live processes in milliseconds: the scheduler's own count, to the nanosecond. */
import { readdirSync, readFileSync } from "node:fs";

/** All its threads. */
export function processCpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + schedstatMs(`/proc/${pid}/task/${thread}/schedstat`),
    0,
  );
}

/**
 * The kernel's own threads: the work on links and namespaces that it puts off. Those of the machine's first process
 * namespace only: 0 inside another, where they cannot be seen.
 */
export function kernelThreadsMs(): number {
  return kernelThreads().reduce((sum, pid) => sum + schedstatMs(`/proc/${pid}/schedstat`), 0);
}

/** PF_KTHREAD of the kernel's include/linux/sched.h */
export const kernelFlag = 0x200000;

function kernelThreads(): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    return (Number(statFields(name)?.[6]) & kernelFlag) !== 0;
  });
}

/** Of /proc/PID/stat, from its third on; undefined when the process has ended. */
export function statFields(pid: string): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name is in parentheses and may hold anything.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** 0 for a thread that has ended. */
function schedstatMs(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}
