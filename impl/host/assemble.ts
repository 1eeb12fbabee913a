/** What the daemon's verbs work with, put together from the configuration: for the daemon, and for taking it off a node. */
import { join } from "node:path";
import { KeyedLock } from "../base/lock.ts";
import type { Log } from "../base/log.ts";
import { systemClock } from "../base/time.ts";
import { Turnstile } from "../base/turnstile.ts";
import type { Undo } from "../base/undo.ts";
import type { Kernel } from "../netlink/kernel.ts";
import { lockDirectory } from "../store/directory-lock.ts";
import { openFileStore } from "../store/file-store.ts";
import { openCard } from "../vf/card.ts";
import { VfPool } from "../vf/pool.ts";
import { connectAgent } from "../wire/agent-client.ts";
import { followSecurity } from "../wire/live-security.ts";
import { parseAttachment } from "./attachment-record.ts";
import { Attachments } from "./attachments.ts";
import type { HostConfig } from "./config.ts";
import { Generations, parseReserved } from "./generations.ts";
import { deletesAtOnce, type Host, verbDeadlinesMs } from "./host.ts";
import { ManagementPort } from "./management-port.ts";
import { PairProof } from "./pair-proof.ts";
import { Reconcile } from "./reconcile.ts";
import { recover } from "./recover.ts";

export interface Assembly {
  readonly host: Host;
  /** neither has been started */
  readonly reconcile: Reconcile;
  readonly management: ManagementPort;
}

export interface AssemblyOptions {
  readonly config: HostConfig;
  readonly kernel: Kernel;
  /** build, for the agent's log */
  readonly software: string;
  readonly log: Log;
  /** gets what must end when the daemon does, newest first */
  readonly undo: Undo;
}

/** Throws what keeps a daemon from starting, such as another one with the same state directory. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { config, kernel, software, log, undo } = options;
  // A daemon with another socket and the same directory is refused here.
  const lock = await lockDirectory(config.stateDir);
  undo.add(() => lock[Symbol.dispose]());
  const netns = await kernel.open();
  undo.add(() => netns[Symbol.dispose]());
  const attachments = await openAttachments(config, log);
  undo.add(() => attachments.close());
  const card = await openCard({ sysfsRoot: config.sysfsRoot, pfs: config.vfs.pfs, log });
  const home = { netns, sysfsRoot: config.sysfsRoot, clock: systemClock };
  const pool = new VfPool({
    ...{ ...card, home, log },
    ownerOf: (vf) => attachments.ownerOf(vf.pciAddress) ?? attachments.lostOwnerOf(vf),
    owned: () => attachments.vfs(),
    doubt: () => attachments.doubt(),
  });
  const as = { node: config.node, role: "host" } as const;
  const security = followSecurity(config.security, { as, log });
  undo.add(() => security.close());
  const agent = connectAgent({
    address: config.agent.address,
    node: config.node,
    security,
    software,
    log,
    ...(config.agent.reference === true && {
      reference: { pfs: config.vfs.pfs.length, portOf: (key) => attachments.get(key) },
    }),
  });
  undo.add(() => agent.close());

  const pairs = config.vfs.prove ? new PairProof({ pool, agent, home, log }) : undefined;
  const host: Host = {
    ...{ kernel, home, pool, attachments, agent, log, software },
    node: config.node,
    locks: new KeyedLock(),
    deletes: new Turnstile(deletesAtOnce),
    deadlinesMs: verbDeadlinesMs,
    ...config.status,
    ...(pairs !== undefined && { pairs }),
    management: () => management.state(),
    wakeReconcile: () => reconcile.wake(),
    havePortsBeenSeen: () => reconcile.havePortsBeenSeen,
  };
  const reconcile = new Reconcile(host);
  const management = new ManagementPort(host, config.management);
  agent.onConnected((event) => {
    pairs?.connected();
    reconcile.connected(event);
    management.wake();
  });
  if (pairs !== undefined) undo.add(() => pairs.stop());
  await recover(host);
  return { host, reconcile, management };
}

async function openAttachments(config: HostConfig, log: Log): Promise<Attachments> {
  const directory = join(config.stateDir, "attachments");
  const store = await openFileStore(directory, parseAttachment);
  const reserved = await openFileStore(join(config.stateDir, "generations"), parseReserved);
  const generations = await Generations.open(reserved, { clock: systemClock, log });
  const attachments = await Attachments.open(store, generations);
  for (const { path, reason } of attachments.damaged()) {
    log.error("a damaged attachment record was set aside; its VF comes back by DEL or GC", {
      path,
      reason,
    });
  }
  return attachments;
}
