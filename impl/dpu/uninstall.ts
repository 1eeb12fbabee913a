/** `cni-offload-agent uninstall`: takes from the DPU what the agent keeps on it over restarts, and its state folder. */
import { rm, rmdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { createLog } from "../base/log.ts";
import { keyText } from "../cni/types.ts";
import type { Kernel, NamespaceMaker } from "../netlink/kernel.ts";
import { lockDirectory, lockFileName } from "../store/directory-lock.ts";
import { openFileStore } from "../store/file-store.ts";
import { splitAddress } from "../wire/agent-probe.ts";
import type { AgentConfig } from "./config.ts";
import { createDataplane, stateFolders } from "./create-dataplane.ts";
import { FormerRepresentors } from "./former-representors.ts";
import { noGuard } from "./guard/create-guard.ts";
import { HostRoutes } from "./host-routes.ts";
import { operatorSocket } from "./inventory.ts";
import { parsePortRecord } from "./port-record.ts";

export interface Uninstall {
  readonly config: AgentConfig;
  readonly kernel: Kernel & NamespaceMaker;
  /** takes live ports along: their pods lose the network */
  readonly force: boolean;
}

/** Idempotent. Throws, with nothing changed, while an agent runs, or while ports are live unless `force`. */
export async function uninstall({ config, kernel, force }: Uninstall): Promise<void> {
  await refuseRunning(config.listen);
  using _ = await lockDirectory(config.stateDir);
  const folder = join(config.stateDir, "ports");
  const store = await openFileStore(folder, parsePortRecord);
  const { records } = await store.load();
  const [live] = records.values();
  if (live !== undefined && !force) {
    throw new Error(
      `Cannot uninstall: ${records.size} ports are live, such as "${keyText(live.key)}"; delete their pods first, or give --force`,
    );
  }
  const log = createLog({ component: "cni-offload-agent", level: config.log.level });
  const world = { kernel, stateDir: config.stateDir, log, guard: noGuard };
  const dataplane = await createDataplane(config.dataplane, world);
  const netns = await kernel.open();
  const formers = new FormerRepresentors(netns);
  for (const [text, { key, representor, setting, former }] of records) {
    // What cannot be detached is the dataplane's to remove, after the others.
    await dataplane.detach({ key: keyText(key), representor, setting }).catch((error) => {
      log.error("a port could not be detached", { port: text, error });
    });
    if (former !== undefined) await formers.giveBack(representor, former);
    await store.delete(text);
  }
  await new HostRoutes(netns, { addresses: config.hostAddresses, log }).remove();
  await dataplane.remove();
  await rm(folder, { recursive: true });
  for (const name of Object.values(stateFolders)) {
    await rm(join(config.stateDir, name), { recursive: true, force: true });
  }
  for (const path of [operatorSocket(config), join(config.stateDir, lockFileName)]) {
    await rm(path, { force: true });
  }
  await rmdir(config.stateDir).catch((error) => {
    // Somebody else's files are in it.
    if (errnoOf(error) !== "ENOTEMPTY") throw error;
  });
}

/** Whether the agent's address can be had says whether an agent has it. */
async function refuseRunning(listen: string): Promise<void> {
  const { hostname: host, port } = splitAddress(listen);
  if (port === 0) return;
  const taken = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(errnoOf(error) === "EADDRINUSE"));
    server.listen({ host, port }, () => server.close(() => resolve(false)));
  });
  if (!taken) return;
  throw new Error(`Cannot uninstall: an agent serves "${listen}"; stop it first`);
}
