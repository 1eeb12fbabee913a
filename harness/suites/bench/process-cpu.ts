/** CPU of a live process in milliseconds, all its threads: the scheduler's own count, to the nanosecond. */
import { readdirSync, readFileSync } from "node:fs";

export function processCpuMs(pid: number): number {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8");
    total += Number(text.split(" ")[0]) / 1e6;
  }
  return total;
}
