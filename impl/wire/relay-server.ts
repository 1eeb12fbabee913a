/** The daemon's end of the relay: takes calls from shims, one per connection, and answers each of them. */
import { createServer, type Socket } from "node:net";
import { sleep } from "../base/time.ts";
import { cniCodes } from "../cni/cni-error.ts";
import { Connection, type RelayOptions } from "./relay-connection.ts";
import { defaultRelayLimits, Reading } from "./relay-reading.ts";
import { listenAt } from "./relay-socket.ts";
import { peerProcess } from "./unix-calls.ts";

export interface RelayServer {
  /** Takes no more calls and waits, bounded, for those in flight. */
  close(): Promise<void>;
}

/** Resolves when calls are taken; rejects when another live daemon answers at the path. */
export async function serveRelay(options: RelayOptions): Promise<RelayServer> {
  const connections = new Set<Connection>();
  const limits = {
    ...defaultRelayLimits,
    readMs: 3 * options.idleTimeoutMs,
    ...options.limits,
  };
  const reading = new Reading(limits, options.log);
  let isClosing = false;
  // Half-open: the shim ends its side to say that stdin is complete, and then waits.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, options, reading);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
    const stranger = strangerAt(socket);
    if (stranger !== undefined) connection.refuse(cniCodes.notPermitted, stranger);
    else reading.begin(connection);
    if (isClosing) void connection.stop();
  });
  const socket = await listenAt(server, options.socketPath);
  server.on("error", (error) => options.log.error("relay socket failed", { error }));
  const { drainTimeoutMs = 10_000 } = options;
  return {
    close: async () => {
      // From here on, though the socket listens a moment longer: a call that comes now is told to come back.
      isClosing = true;
      await socket.close();
      const calls = [...connections].map((connection) => connection.stop());
      await within(drainTimeoutMs, calls);
      for (const connection of connections) connection.abort();
      await within(drainTimeoutMs, calls);
      for (const connection of connections) connection.destroy();
    },
  };
}

async function within(ms: number, work: readonly Promise<void>[]): Promise<void> {
  const stop = new AbortController();
  const limit = sleep(ms, stop.signal).catch(() => undefined);
  await Promise.race([Promise.all(work), limit]);
  stop.abort();
}

/** Why the caller may not; undefined when it may. The socket's mode keeps others out already, unless somebody changed it. */
function strangerAt(socket: Socket): string | undefined {
  const peer = peerProcess(socket);
  const own = process.geteuid?.() ?? 0;
  if (peer === undefined || peer.uid === 0 || peer.uid === own) return undefined;
  const may = own === 0 ? "only root" : `only root and user ${own}`;
  return `Cannot serve the call: it comes from user ${peer.uid} (process ${peer.pid}), ${may} may call; give the socket mode 0600 again`;
}
