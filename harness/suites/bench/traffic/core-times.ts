/** What the machine's cores spent their time on, from /proc/stat, in milliseconds. */
import { readFileSync } from "node:fs";

export interface CoreTime {
  /** programs, in their own code and in the kernel on their behalf: the workload */
  readonly workload: number;
  /** interrupts and what they put off: the network */
  readonly network: number;
}

/** USER_HZ, the unit of /proc/stat, is 100 on every Linux that Node runs on. */
const msPerTick = 10;

export function coreTimes(): readonly CoreTime[] {
  return parseCoreTimes(readFileSync("/proc/stat", "utf8"));
}

export function parseCoreTimes(text: string): readonly CoreTime[] {
  return text
    .split("\n")
    .filter((line) => /^cpu\d+ /.test(line))
    .map((line) => {
      const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
        .split(/\s+/)
        .slice(1)
        .map(Number);
      const workload = (user + nice + system) * msPerTick;
      return { workload, network: (irq + softirq) * msPerTick };
    });
}

/** What these cores have spent since `before`. */
export function spentSince(before: readonly CoreTime[], cores: readonly number[]): CoreTime {
  const now = coreTimes();
  const sum = (of: keyof CoreTime) =>
    cores.reduce((all, core) => all + (now[core]?.[of] ?? 0) - (before[core]?.[of] ?? 0), 0);
  return { workload: sum("workload"), network: sum("network") };
}
