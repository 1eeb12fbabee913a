/**
 * Gives the machine's cores to two sides: received packets of the host's and the pods' links are worked on by the host's
 * cores, those of the DPU's links by the DPU's (receive packet steering). So one kernel shows what each side would spend.
 */
import type { Place } from "../../../core/backend.ts";

export interface Cores {
  readonly host: readonly number[];
  readonly dpu: readonly number[];
}

/** The first half is the host's; undefined when there is nothing to divide. */
export function divideCores(count: number): Cores | undefined {
  if (count < 2) return undefined;
  const all = Array.from({ length: count }, (_, core) => core);
  const half = Math.floor(count / 2);
  return { host: all.slice(0, half), dpu: all.slice(half) };
}

/** "0,1", as taskset takes it */
export function coreList(cores: readonly number[]): string {
  return cores.join(",");
}

/** As rps_cpus takes it: 32 bits in hexadecimal, groups with commas between, the highest first. */
export function coreMask(cores: readonly number[]): string {
  const groups: number[] = [0];
  for (const core of cores) {
    const group = core >> 5;
    while (groups.length <= group) groups.push(0);
    groups[group] = ((groups[group] ?? 0) | (1 << (core & 31))) >>> 0;
  }
  return groups
    .reverse()
    .map((group, i) => (i === 0 ? group.toString(16) : group.toString(16).padStart(8, "0")))
    .join(",");
}

/** Of every link of the place; no cores: where the packet came in, the kernel's default. Says why it cannot. */
export async function steer(place: Place, cores: readonly number[]): Promise<string | undefined> {
  // sysfs shows the namespace it was mounted in.
  const script = `mount -t sysfs sysfs /sys && for queue in /sys/class/net/*/queues/rx-*/rps_cpus; do echo ${coreMask(cores)} >"$queue" || exit 1; done`;
  const ran = await place.exec(["unshare", "--mount", "sh", "-c", script]);
  if (ran.exitCode === 0) return undefined;
  return `Cannot steer packets of ${place.name}: ${ran.stderr.trim()}`;
}
