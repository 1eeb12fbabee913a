/**
 * Looks at the agent's port before gRPC does, to say exactly why a connection cannot be made: gRPC folds refused
 * certificates, wrong protocols and silence into "failed to connect", and keeps the socket of a silent peer for
 * ever. The probe decides nothing: the real connection verifies everything again.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { errnoOf } from "../base/errno.ts";
import { printIdentities } from "./certificate-facts.ts";
import { wrongServer } from "./credentials.ts";
import { clientPreface, emptySettings, parseHello } from "./http2-frames.ts";
import type { Security } from "./security.ts";
import { connectionState } from "./status.ts";

export interface Probe {
  /** host:port */
  readonly address: string;
  readonly node: string;
  readonly security: Security;
}

const tlsAlert = 0x15;

/** Resolves when an HTTP/2 server with the right certificate answers; else rejects, the message says what is there. */
export async function probeAgent(probe: Probe, signal: AbortSignal): Promise<void> {
  const { hostname, port } = splitAddress(probe.address);
  const tcp = connectTcp({ host: hostname, port });
  const sockets: Socket[] = [tcp];
  try {
    await event(tcp, "connect", signal, "no answer to the connection attempt");
    if (probe.security.kind === "insecure") return await hello(tcp, probe, signal);
    const tls = connectTls({
      socket: tcp,
      ca: probe.security.ca,
      cert: probe.security.cert,
      key: probe.security.key,
      servername: probe.node,
      ALPNProtocols: ["h2"],
      // Judged below, where the certificate can still be looked at.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    sockets.push(tls);
    await event(tls, "secureConnect", signal, "it accepts connections and says nothing");
    judge(tls, probe, probe.security.paths.ca);
    await hello(tls, probe, signal);
  } finally {
    // The newest takes those below it along; Node crashes when a socket is destroyed under a living TLS one.
    sockets
      .at(-1)
      ?.on("error", () => {})
      .destroy();
  }
}

/** "host:port" or "[v6]:port" */
export function splitAddress(address: string): {
  readonly hostname: string;
  readonly port: number;
} {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  const hostname = match?.[1] ?? match?.[2];
  if (hostname === undefined || port > 65535) {
    throw new Error(`"${address}" is not HOST:PORT`);
  }
  return { hostname, port };
}

function judge(tls: TLSSocket, probe: Probe, ca: string): void {
  const certificate = tls.getPeerCertificate();
  const wrong = wrongServer(certificate, probe.node);
  const whose = printIdentities(
    wrong === undefined ? [probe.node] : [certificateName(certificate)],
  );
  const named = `the agent's certificate (for ${whose})`;
  switch (tls.authorized ? undefined : String(tls.authorizationError)) {
    case undefined:
      break;
    case "CERT_HAS_EXPIRED":
      throw new Error(
        `${named} expired on ${certificate.valid_to}; replace it on the DPU, no restart is needed`,
      );
    case "CERT_NOT_YET_VALID":
      throw new Error(
        `${named} is valid only from ${certificate.valid_from}; set the clocks of host and DPU, or wait`,
      );
    case "INVALID_PURPOSE":
      throw new Error(
        `${named} is not made for a server; give the DPU agent.crt, or another address here`,
      );
    default:
      throw new Error(
        `${named} is not signed by the CA in "${ca}" (${tls.authorizationError}); give both sides certificates of one CA`,
      );
  }
  if (wrong !== undefined) {
    throw new Error(
      `${wrong.message}; give the DPU the certificate of this node, or correct the address`,
    );
  }
}

function certificateName(certificate: ReturnType<TLSSocket["getPeerCertificate"]>): string {
  return certificate.subjectaltname?.replace(/^DNS:/, "") ?? "nobody";
}

/** The server sends its SETTINGS at once; one that has refused our certificate closes instead. */
async function hello(socket: Socket, probe: Probe, signal: AbortSignal): Promise<void> {
  const first = event(socket, "data", signal, "it accepts connections and says nothing");
  socket.write(Buffer.concat([clientPreface, emptySettings]));
  let data: unknown;
  try {
    data = await first;
  } catch (error) {
    throw refusedUs(error, probe.security);
  }
  if (!(data instanceof Uint8Array)) throw new Error("it does not speak gRPC");
  const said = parseHello(data);
  switch (said.kind) {
    case "http2":
      return;
    case "farewell":
      throw refusedFor(said.reason, probe.security);
    case "foreign":
      throw new Error(
        data[0] === tlsAlert
          ? "the agent wants TLS, this host is set to insecure"
          : "it does not speak gRPC",
      );
  }
}

/** In the agent's words; which certificate it was is ours to say. */
function refusedFor(reason: string, security: Security): Error {
  const words = reason.replace(/\s+/g, " ");
  if (security.kind === "insecure") return new Error(`the agent refused the connection: ${words}`);
  const { paths, own } = security;
  return new Error(
    `the agent refused the host's certificate "${paths.cert}" (for ${printIdentities(own.identities)}, issued by "${own.issuer}"): ${words}`,
  );
}

function refusedUs(error: unknown, security: Security): unknown {
  if (!(error instanceof ClosedError) && !isTlsAlert(error)) return error;
  if (security.kind === "insecure") {
    return new Error(
      "the agent closed the connection; it may want TLS, this host is set to insecure",
    );
  }
  const { paths, own } = security;
  return new Error(
    `the agent refused the host's certificate "${paths.cert}" (for ${printIdentities(own.identities)}, issued by "${own.issuer}"): it is signed by another CA than the agent's, expired, or not made for a client`,
  );
}

class ClosedError extends Error {}

function isTlsAlert(error: unknown): boolean {
  const code = errnoOf(error) ?? "";
  return code === "ECONNRESET" || code === "EPIPE" || /^ERR_SSL_.*ALERT/.test(code);
}

/** The first `name` of the socket, its failure in plain words, or `silence` when `signal` aborts. */
function event(socket: Socket, name: string, signal: AbortSignal, silence: string) {
  return new Promise<unknown>((resolve, reject) => {
    const settle = (finish: () => void) => {
      signal.removeEventListener("abort", onAbort);
      socket.off(name, onEvent).off("error", onError).off("close", onClose);
      finish();
    };
    const onAbort = () => settle(() => reject(new Error(silence)));
    const onEvent = (value: unknown) => settle(() => resolve(value));
    const onError = (error: Error) => settle(() => reject(plain(error)));
    const onClose = () => settle(() => reject(new ClosedError("the agent closed the connection")));
    if (signal.aborted) return reject(new Error(silence));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on(name, onEvent).on("error", onError).on("close", onClose);
  });
}

function plain(error: Error): Error {
  const code = errnoOf(error) ?? "";
  if (code === "EPROTO" || code.startsWith("ERR_SSL_WRONG_VERSION") || /PACKET_LENGTH/.test(code)) {
    return new Error("the agent does not speak TLS; it may be set to insecure", { cause: error });
  }
  if (isTlsAlert(error)) return error;
  return new Error(connectionState(error.message), { cause: error });
}
