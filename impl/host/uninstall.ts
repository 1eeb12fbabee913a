/** `cni-offload-host uninstall`: takes from the host what the daemon keeps on it over restarts: the management VF, its state. */
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { createLog } from "../base/log.ts";
import { Undo } from "../base/undo.ts";
import { isManagement } from "../cni/management-key.ts";
import { keyText } from "../cni/types.ts";
import type { Kernel } from "../netlink/kernel.ts";
import { lockFileName } from "../store/directory-lock.ts";
import { assemble } from "./assemble.ts";
import type { HostConfig } from "./config.ts";
import type { Host } from "./host.ts";
import { release } from "./release.ts";

export interface Uninstall {
  readonly config: HostConfig;
  readonly kernel: Kernel;
  /** takes the VFs out of live pods too, and does not insist on the DPU's word */
  readonly force: boolean;
  readonly software: string;
  /** receives log lines without their newline */
  readonly write: (line: string) => void;
}

/** How long the DPU may take to answer before the host is cleaned without it. */
const agentMs = 1_500;

/** Idempotent. Throws, with nothing changed, while a daemon runs, or while pods have VFs unless `force`. */
export async function uninstall(options: Uninstall): Promise<void> {
  const { config, kernel, force, software, write } = options;
  const log = createLog({ component: "host", level: config.log.level, write });
  await using undo = new Undo(log);
  const { host } = await assemble({ config, kernel, software, log, undo });
  const records = host.attachments.all();
  const pods = records.filter(({ key }) => !isManagement(key));
  const [live] = pods;
  if (live !== undefined && !force) {
    throw new Error(
      `Cannot uninstall: ${pods.length} attachments are live, such as "${keyText(live.key)}"; delete their pods first, or give --force`,
    );
  }
  if (records.length > 0) await untilReachable(host);
  const left: string[] = [];
  for (const record of records) {
    const outcome = await release(host, record);
    if (outcome.state === "pending") left.push(`"${keyText(record.key)}": ${outcome.reason}`);
  }
  if (left.length > 0 && !force) {
    throw new Error(
      `Cannot finish uninstalling: ${left.join("; ")}; uninstall again when the DPU is there, or give --force`,
    );
  }
  await host.attachments.close();
  for (const name of ["attachments", "generations", lockFileName]) {
    await rm(join(config.stateDir, name), { recursive: true, force: true });
  }
  await rm(config.socket, { force: true });
  await rmdir(config.stateDir).catch((error) => {
    // Somebody else's files are in it.
    if (errnoOf(error) !== "ENOTEMPTY") throw error;
  });
}

async function untilReachable({ agent, home }: Host): Promise<void> {
  const end = home.clock.now() + agentMs;
  while (agent.health().state === "unavailable" && home.clock.now() < end) {
    await home.clock.sleep(20);
  }
}
