/** The machine a run happened on, for the record. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import type { RunRecord } from "./record.ts";

export function machine(): RunRecord["machine"] {
  const cores = cpus();
  return {
    kernel: release(),
    node: process.version,
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryBytes: totalmem(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** True in a user namespace of an ordinary user, where uid 0 is only a name. */
export function isUnprivileged(uidMap: string = readUidMap()): boolean {
  const fields = uidMap.trim().split(/\s+/);
  const everyUidIsItself = fields[0] === "0" && fields[1] === "0" && fields.length === 3;
  return !(everyUidIsItself && process.getuid?.() === 0);
}

function readUidMap(): string {
  try {
    return readFileSync("/proc/self/uid_map", "utf8");
  } catch {
    return "";
  }
}
