/** Puts the daemon together and takes it apart again. */
import { createLog } from "../base/log.ts";
import { warnOfPauses } from "../base/pause.ts";
import { Undo } from "../base/undo.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import type { Kernel } from "../netlink/kernel.ts";
import { serveRelay } from "../wire/relay-server.ts";
import { assemble } from "./assemble.ts";
import type { HostConfig } from "./config.ts";
import type { Host } from "./host.ts";
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

  const { kernel, software } = options;
  await using parts = new Undo(log);
  const assembled = await assemble({ config, kernel, software, log, undo: parts });
  const { host, reconcile, management } = assembled;
  await host.pool.sweep();
  reconcile.start();
  management.start();
  calls.resolve(host);
  undo.keep();
  const ends = parts.take();
  log.info("ready", { socket: config.socket, ...host.pool.counts() });

  return {
    stop: async () => {
      log.info("stopping");
      await relay.close();
      await management.stop();
      await reconcile.stop();
      await ends[Symbol.asyncDispose]();
      log.info("stopped");
    },
  };
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
