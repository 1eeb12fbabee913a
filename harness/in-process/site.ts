/** What a process in this process finds around it, as daemon and agent are started on it. */
import type { Log } from "../../impl/base/log.ts";
import type { Clock } from "../../impl/base/time.ts";
import type { Kernel } from "../../impl/netlink/kernel.ts";
import type { Way } from "./direct-agent.ts";
import type { Life } from "./life.ts";
import type { MemoryDisk } from "./memory-disk.ts";

export interface Site {
  /** A clock for a process: who starts later may find it set back. */
  newClock(): Clock;
  readonly disks: Readonly<Record<"host" | "generations" | "dpu" | "sysctls", MemoryDisk>>;
  readonly sysfsRoot: string;
  /** A kernel for a process of this life. */
  kernelOf(side: "host" | "dpu", life: Life): Kernel;
  /** from the daemon to the agent, as it is now */
  way(): Way;
  newLog(component: string): Log;
}
