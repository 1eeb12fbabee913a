/** Memory of a live process in MB (10^6 bytes). */
import { readFileSync } from "node:fs";

export interface ProcessMemory {
  readonly residentMb: number;
  /** what it shares counted in part */
  readonly proportionalMb: number;
}

export function processMemory(pid: number): ProcessMemory {
  return parseMemory(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
}

export function parseMemory(text: string): ProcessMemory {
  const of = (key: string) => {
    const [, kib] = new RegExp(`^${key}:\\s*(\\d+) kB$`, "m").exec(text) ?? [];
    if (kib === undefined) throw new Error(`Cannot read memory: no "${key}" in smaps_rollup`);
    return (Number(kib) * 1024) / 1e6;
  };
  return { residentMb: of("Rss"), proportionalMb: of("Pss") };
}
