/**
 * The agent's open port, below gRPC: takes bounded numbers of connections for bounded times, proves who is there, and
 * says why to whoever is turned away, in our log and, over TLS, to the peer. Only proven peers reach HTTP/2.
 */
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { errnoOf } from "../base/errno.ts";
import type { Log } from "../base/log.ts";
import { SeldomWarnings } from "../base/seldom.ts";
import { splitAddress } from "../wire/agent-probe.ts";
import { clientPreface, farewell } from "../wire/http2-frames.ts";
import type { LiveSecurity } from "../wire/live-security.ts";
import { handshakeFailure, hungUp, judgeClient, noPreface, type Verdict } from "./peer-verdict.ts";

export interface ListenerOptions {
  /** host:port; port 0 takes a free one */
  readonly listen: string;
  /** the host whose certificate may call */
  readonly node: string;
  readonly security: LiveSecurity;
  readonly log: Log;
  /** addresses of those who may connect; all when left out */
  readonly from?: readonly string[];
  readonly limits?: Partial<ListenerLimits>;
}

export interface ListenerLimits {
  /** connections that have not proven themselves; one more takes the place of the oldest */
  readonly waiting: number;
  /** connections that have; one more is refused */
  readonly admitted: number;
  /** from the connection to the first bytes of HTTP/2, TLS handshake included */
  readonly proofMs: number;
}

export const defaultLimits: ListenerLimits = { waiting: 128, admitted: 32, proofMs: 3000 };

export interface Listener {
  /** where it listens, with the port that was taken */
  readonly address: string;
  /** Takes nobody any more; those who are admitted stay. */
  stop(): void;
  /** Ends all connections. */
  destroy(): void;
}

/** `admit` gets each proven connection, its first bytes unread. */
export async function openListener(
  options: ListenerOptions,
  admit: (socket: Socket) => void,
): Promise<Listener> {
  const gate = new Gate(options, admit);
  const server = options.security.current.kind === "tls" ? tlsServer(options, gate) : plain(gate);
  // Before the server's own listener: a connection is counted before anything is done for it.
  server.prependListener("connection", (socket: Socket) => gate.take(socket));
  const { hostname, port } = splitAddress(options.listen);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const state = /E[A-Z]+: (.*?)(?: \S+:\d+)?$/.exec(cause.message)?.[1] ?? cause.message;
      reject(new Error(`Cannot listen on "${options.listen}": ${state}`, { cause }));
    });
    server.listen({ host: hostname, port, backlog: 512 }, resolve);
  });
  server.on("error", (error) => options.log.error("listener failed", { error }));
  const bound = server.address();
  const taken = typeof bound === "object" ? (bound?.port ?? port) : port;
  return {
    address: options.listen.replace(/:\d+$/, `:${taken}`),
    stop: () => server.close(),
    destroy: () => gate.destroy(),
  };
}

function plain(gate: Gate): Server {
  return createPlainServer((socket) => {
    if (!socket.destroyed) gate.awaitPreface(socket);
  });
}

function tlsServer({ security, node, limits }: ListenerOptions, gate: Gate): Server {
  const server = createTlsServer({
    ...contextOf(security),
    ALPNProtocols: ["h2"],
    requestCert: true,
    // Judged below, where the certificate can still be looked at; nothing of a peer is read before.
    rejectUnauthorized: false,
    handshakeTimeout: limits?.proofMs ?? defaultLimits.proofMs,
  });
  security.onChange(() => server.setSecureContext(contextOf(security)));
  server.on("secureConnection", (socket) => {
    socket.on("error", () => {}); // "close" follows
    const verdict = judgeClient(socket, node, security.current);
    if (verdict === undefined) return gate.awaitPreface(socket);
    gate.refuse(socket, verdict);
    bid(socket, verdict.reason);
  });
  server.on("tlsClientError", (error, socket) => {
    // ECONNRESET: it went away; then only the connection below knows who it was.
    if (errnoOf(error) === "ECONNRESET") return;
    gate.dismiss(socket, handshakeFailure(error, node, security.current));
  });
  return server;
}

function contextOf(security: LiveSecurity) {
  const { current } = security;
  if (current.kind === "insecure") return {};
  const { ca, cert, key } = current;
  return { ca, cert, key };
}

interface Waiting {
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
  /** we ended it, and have said why */
  isDismissed: boolean;
}

/** Counts connections from their first packet to their end. */
class Gate {
  readonly #options: ListenerOptions;
  readonly #limits: ListenerLimits;
  readonly #admit: (socket: Socket) => void;
  readonly #refusals: SeldomWarnings;
  /** by peer address and port, oldest first: the TLS socket above a connection has the same */
  readonly #waiting = new Map<string, Waiting>();
  readonly #admitted = new Set<Socket>();

  constructor(options: ListenerOptions, admit: (socket: Socket) => void) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#admit = admit;
    this.#refusals = new SeldomWarnings(options.log.with({ listen: options.listen }));
  }

  take(socket: Socket): void {
    socket.on("error", () => {}); // "close" follows
    const { from } = this.#options;
    const address = bareAddress(socket);
    if (from !== undefined && !from.includes(address)) {
      this.refuse(socket, {
        reason: "connections from this address are not taken",
        presented: "nothing yet",
        expected: `an address of ${from.join(", ")}`,
        remedy: 'add the address to "from", if it is a host of this DPU',
      });
      socket.destroy();
      return;
    }
    const id = idOf(socket);
    const timer = setTimeout(() => this.#late(socket), this.#limits.proofMs + 200).unref();
    this.#waiting.set(id, { socket, timer, isDismissed: false });
    socket.once("close", () => {
      if (this.#waiting.get(id)?.isDismissed === false) this.#left(socket);
      this.#settle(id);
    });
    const [oldest] = this.#waiting.values();
    if (this.#waiting.size > this.#limits.waiting && oldest !== undefined) {
      this.dismiss(
        oldest.socket,
        crowded("that have not shown who they are", this.#limits.waiting),
      );
    }
  }

  refuse(socket: Socket, verdict: Verdict): void {
    const entry = this.#waiting.get(idOf(socket));
    if (entry !== undefined) entry.isDismissed = true;
    const peer = bareAddress(socket);
    this.#refusals.warn(`${peer} ${verdict.reason}`, "peer refused", { peer, ...verdict });
  }

  dismiss(socket: Socket, verdict: Verdict): void {
    this.refuse(socket, verdict);
    this.#settle(idOf(socket));
    socket.destroy();
  }

  /** `socket` is admitted once it begins to speak HTTP/2. */
  awaitPreface(socket: Socket): void {
    let seen = Buffer.alloc(0);
    const onReadable = () => {
      for (let bytes = socket.read(); bytes !== null; bytes = socket.read()) {
        seen = Buffer.concat([seen, bytes]);
      }
      const isPreface = startsPreface(seen);
      if (seen.length < clientPreface.length && isPreface) return;
      stop();
      if (isPreface) {
        socket.unshift(seen);
        return this.#proven(socket);
      }
      this.refuse(socket, noPreface(seen, this.#options.security.current));
      bid(socket, "this DPU agent speaks gRPC, and not over TLS if you do");
    };
    const stop = () => socket.off("readable", onReadable);
    socket.on("readable", onReadable);
  }

  destroy(): void {
    for (const { socket } of this.#waiting.values()) socket.destroy();
    for (const socket of this.#admitted) socket.destroy();
  }

  #proven(socket: Socket): void {
    this.#settle(idOf(socket));
    if (this.#admitted.size >= this.#limits.admitted) {
      this.refuse(socket, crowded("", this.#limits.admitted));
      socket.destroy();
      return;
    }
    this.#admitted.add(socket);
    socket.once("close", () => this.#admitted.delete(socket));
    this.#admit(socket);
  }

  #late(socket: Socket): void {
    this.dismiss(socket, {
      reason: `nothing that shows who it is came within ${this.#limits.proofMs} ms`,
      presented: "silence, or too little",
      expected: "a gRPC client",
      remedy: "none, unless it is the host's daemon: then see its log",
    });
  }

  /** Without our doing. Who only looked whether the port is open is no news. */
  #left(socket: Socket): void {
    const { current } = this.#options.security;
    if (current.kind === "tls" && socket.bytesRead > 0) this.refuse(socket, hungUp(current));
  }

  #settle(id: string): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
  }
}

/** What the peer still sends is dropped: unread, it would make the kernel reset the connection under our words. */
function bid(socket: Socket, reason: string): void {
  socket.end(farewell(reason));
  socket.resume().setTimeout(1000, () => socket.destroy());
}

function startsPreface(bytes: Uint8Array): boolean {
  const seen = bytes.subarray(0, clientPreface.length);
  return clientPreface.subarray(0, seen.length).equals(seen);
}

function crowded(what: string, most: number): Verdict {
  return {
    reason: `there are more than ${most} connections ${what}`.trim(),
    presented: "one connection more",
    expected: "one host, with a connection or two",
    remedy: "find out who connects so often",
  };
}

/** Taken early: a socket that has closed knows its peer no more. */
const ids = new WeakMap<Socket, string>();

function idOf(socket: Socket): string {
  const known = ids.get(socket);
  if (known !== undefined) return known;
  const id = `${socket.remoteAddress}|${socket.remotePort}`;
  ids.set(socket, id);
  return id;
}

function bareAddress(socket: Socket): string {
  return idOf(socket)
    .replace(/\|.*/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
}
