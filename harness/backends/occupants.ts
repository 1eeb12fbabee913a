/** The processes inside network namespaces: who is in there, and how to get them out before the namespace goes. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sleep } from "../../impl/base/time.ts";
import { namespaceLink } from "./namespaces.ts";
import { identityOf, isAlive, type ProcessIdentity, signalProcess } from "./process-identity.ts";

export interface Occupant extends ProcessIdentity {
  /** path of the namespace, as it was asked for */
  readonly netns: string;
  readonly argv: readonly string[];
}

/**
 * Processes whose main thread is in one of the namespaces, this one apart. A daemon that works in a pod's namespace
 * by setns is there for microseconds; only who is found twice, `settleMs` apart, counts.
 */
export async function occupantsOf(
  paths: readonly string[],
  settleMs = 3,
): Promise<readonly Occupant[]> {
  const wanted = new Map<string, string>();
  for (const path of paths) {
    const link = namespaceLink(path);
    if (link !== undefined) wanted.set(link, path);
  }
  const first = pids().filter((pid) => wanted.has(netnsOf(pid) ?? ""));
  if (first.length === 0) return [];
  await sleep(settleMs);
  return first.flatMap((pid) => {
    const netns = wanted.get(netnsOf(pid) ?? "");
    const identity = identityOf(pid);
    if (netns === undefined || identity === undefined || !isAlive(identity)) return [];
    return [{ ...identity, netns, argv: argvOf(pid) }];
  });
}

/** SIGKILL to everybody inside, until nobody is; says who it was. */
export async function evict(
  paths: readonly string[],
  boundMs = 2_000,
): Promise<readonly Occupant[]> {
  const evicted = new Map<number, Occupant>();
  const endMs = Date.now() + boundMs;
  for (;;) {
    const inside = await occupantsOf(paths);
    for (const occupant of inside) {
      evicted.set(occupant.pid, occupant);
      signalProcess(occupant, "SIGKILL");
    }
    if (inside.length === 0 || Date.now() >= endMs) return [...evicted.values()];
    await sleep(5);
  }
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function netnsOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // it ended, or is another user's
  }
}

function argvOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}
