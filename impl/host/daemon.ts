/** Puts the daemon together and takes it apart again. */
import { join } from "node:path";
import { KeyedLock } from "../base/lock.ts";
import { createLog, type Log } from "../base/log.ts";
import { warnOfPauses } from "../base/pause.ts";
import { systemClock } from "../base/time.ts";
import { Turnstile } from "../base/turnstile.ts";
import { Undo } from "../base/undo.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import type { Kernel } from "../netlink/kernel.ts";
import { lockDirectory } from "../store/directory-lock.ts";
import { openFileStore } from "../store/file-store.ts";
import { openCard } from "../vf/card.ts";
import { VfPool } from "../vf/pool.ts";
import { connectAgent } from "../wire/agent-client.ts";
import { followSecurity } from "../wire/live-security.ts";
import { serveRelay } from "../wire/relay-server.ts";
import { parseAttachment } from "./attachment-record.ts";
import { Attachments } from "./attachments.ts";
import type { HostConfig } from "./config.ts";
import { deletesAtOnce, type Host, verbDeadlinesMs } from "./host.ts";
import { Reconcile } from "./reconcile.ts";
import { recover } from "./recover.ts";
import { answer } from "./server.ts";

export interface DaemonOptions {
  readonly config: HostConfig;
  readonly kernel: Kernel;
  /** build, for the agent's log */
  readonly software: string;
  /** receives log lines without their newline */
  readonly write: (line: string) => void;
}

export interface Daemon {
  /** Takes no more calls, lets those in flight end (bounded), and leaves everything as it is. */
  stop(): Promise<void>;
}

/** Resolves when calls are served. The DPU may be away: STATUS says so. Throws what keeps it from starting. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config } = options;
  const log = createLog({
    component: "host",
    level: config.log.level,
    write: options.write,
  }).with({ node: config.node });
  warnOfPauses(log);
  await using undo = new Undo(log);

  // The socket before the state: of two daemons with one configuration, the second must not touch the first's files.
  const calls = deferred<Host>();
  undo.add(() => calls.reject(new CniError(cniCodes.tryAgainLater, "the daemon is not started")));
  const relay = await serveRelay({
    socketPath: config.socket,
    log,
    handle: async (call, gone) => answer(call, await calls.promise, gone),
    idleTimeoutMs: 10_000,
  });
  undo.add(() => relay.close());

  // A daemon with another socket and the same directory is refused here.
  const lock = await lockDirectory(config.stateDir);
  undo.add(() => lock[Symbol.dispose]());
  const netns = await options.kernel.open();
  undo.add(() => netns[Symbol.dispose]());
  const attachments = await openAttachments(config, log);
  const card = await openCard({ sysfsRoot: config.sysfsRoot, pfs: config.vfs.pfs, log });
  const home = { netns, sysfsRoot: config.sysfsRoot, clock: systemClock };
  const pool = new VfPool({
    ...{ ...card, home, log },
    ownerOf: (vf) => attachments.ownerOf(vf.pciAddress) ?? attachments.lostOwnerOf(vf),
    owned: () => attachments.vfs(),
  });
  const as = { node: config.node, role: "host" } as const;
  const security = followSecurity(config.security, { as, log });
  undo.add(() => security.close());
  const agent = connectAgent({
    address: config.agent.address,
    node: config.node,
    security,
    software: options.software,
    log,
    ...(config.agent.reference === true && {
      reference: { pfs: config.vfs.pfs.length, portOf: (key) => attachments.get(key) },
    }),
  });
  undo.add(() => agent.close());

  const host: Host = {
    ...{ kernel: options.kernel, home, pool, attachments, agent, log },
    ...{ node: config.node, software: options.software },
    locks: new KeyedLock(),
    deletes: new Turnstile(deletesAtOnce),
    deadlinesMs: verbDeadlinesMs,
    exhaustedIsUnavailable: config.status.exhaustedIsUnavailable,
    wakeReconcile: () => reconcile.wake(),
    havePortsBeenSeen: () => reconcile.havePortsBeenSeen,
  };
  const reconcile = new Reconcile(host);
  agent.onConnected(() => reconcile.connected());
  await recover(host);
  await pool.sweep();
  reconcile.start();
  calls.resolve(host);
  undo.keep();
  log.info("ready", { socket: config.socket, ...pool.counts() });

  return {
    stop: async () => {
      log.info("stopping");
      await relay.close();
      await reconcile.stop();
      await agent.close();
      await security.close();
      netns[Symbol.dispose]();
      lock[Symbol.dispose]();
      log.info("stopped");
    },
  };
}

async function openAttachments(config: HostConfig, log: Log): Promise<Attachments> {
  const directory = join(config.stateDir, "attachments");
  const store = await openFileStore(directory, parseAttachment);
  const attachments = await Attachments.open(store, systemClock);
  for (const { path, reason } of attachments.damaged()) {
    log.error("a damaged attachment record was set aside; its VF comes back by DEL or GC", {
      path,
      reason,
    });
  }
  return attachments;
}

/** A promise that somebody else settles. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
