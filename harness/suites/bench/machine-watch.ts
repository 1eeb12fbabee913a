/** Watches the machine while something is measured: time stolen, other people's processes, drift of a fixed piece of work. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Disturbance } from "./noise.ts";
import { kernelFlag, statFields } from "./process-cpu.ts";

/** some milliseconds of work that touches no kernel */
const calibrationBytes = Buffer.alloc(1024 * 1024, 7);

export class MachineWatch {
  readonly #from = look();
  readonly #calibrationMs: number[] = [];

  constructor() {
    for (let i = 0; i < 20; i += 1) calibrationMs();
  }

  /** Call it between rounds. */
  calibrate(): void {
    // The least of a few: what an interrupt adds to one is no drift.
    this.#calibrationMs.push(Math.min(calibrationMs(), calibrationMs(), calibrationMs()));
  }

  seen(): Disturbance {
    const from = this.#from;
    const to = look();
    const total = Math.max(1, to.total - from.total);
    const foreign = to.busy - from.busy - (to.ours - from.ours) - (to.kernel - from.kernel);
    return {
      stealShare: (to.steal - from.steal) / total,
      foreignShare: Math.max(0, foreign / total),
      calibrationMs: [...this.#calibrationMs],
    };
  }
}

function calibrationMs(): number {
  const startedAt = performance.now();
  createHash("sha256").update(calibrationBytes).digest();
  return performance.now() - startedAt;
}

/** clock ticks since boot */
interface Look {
  readonly total: number;
  readonly busy: number;
  readonly steal: number;
  /** of this process and its descendants, those that have ended included */
  readonly ours: number;
  /** of the kernel's own threads */
  readonly kernel: number;
}

function look(): Look {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (
    readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  const processes = readProcesses();
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const sum = (of: (one: ProcessTicks) => boolean) =>
    processes.filter(of).reduce((all, { ticks }) => all + ticks, 0);
  return {
    total: busy + idle + iowait + steal,
    busy,
    steal,
    ours: sum(({ pid }) => descends(pid, process.pid, parents)),
    kernel: sum(({ isKernel }) => isKernel),
  };
}

function descends(pid: number, from: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
    if (at === from) return true;
  }
  return false;
}

interface ProcessTicks {
  readonly pid: number;
  readonly parent: number;
  readonly isKernel: boolean;
  /** own and of children that have ended */
  readonly ticks: number;
}

function readProcesses(): readonly ProcessTicks[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

function readProcess(pid: number): ProcessTicks | undefined {
  const fields = statFields(`${pid}`);
  if (fields === undefined) return undefined;
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  const isKernel = (Number(fields[6]) & kernelFlag) !== 0;
  return { pid, parent: Number(fields[1]), isKernel, ticks };
}
