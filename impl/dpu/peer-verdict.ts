/** Why a peer may not talk to this agent: what it presented, what was expected, what to do about it. */
import type { TLSSocket } from "node:tls";
import { errnoOf } from "../base/errno.ts";
import { peerIdentities, printIdentities } from "../wire/certificate-facts.ts";
import { wrongClient } from "../wire/credentials.ts";
import type { Security } from "../wire/security.ts";

/** One line each, for the log. */
export interface Verdict {
  readonly reason: string;
  readonly presented: string;
  readonly expected: string;
  /** for the operator */
  readonly remedy: string;
}

const make =
  'make its certificate with "cni-offload-agent certificates", signed by the CA this agent knows';

/** Of a peer whose handshake is done; undefined when it is the host of `node`. */
export function judgeClient(
  socket: TLSSocket,
  node: string,
  security: Security,
): Verdict | undefined {
  const expected = expectation(node, security);
  const certificate = socket.getPeerCertificate();
  // Node gives an empty object when there is none.
  if (certificate?.raw === undefined) {
    const reason = `the host showed no certificate, expected one for "${node}"`;
    return { reason, presented: "no certificate", expected, remedy: make };
  }
  const whose = printIdentities(peerIdentities(certificate));
  const issuer = Object.entries(certificate.issuer ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
  const { valid_from: from, valid_to: to } = certificate;
  const presented = `certificate for ${whose}, issued by "${issuer}", valid from ${from} to ${to}`;
  const verdict = (reason: string, remedy: string) => ({ reason, presented, expected, remedy });
  switch (socket.authorized ? undefined : String(socket.authorizationError)) {
    case undefined: {
      const wrong = wrongClient(certificate, node);
      return wrong === undefined ? undefined : verdict(wrong, make);
    }
    case "CERT_HAS_EXPIRED":
      return verdict(
        `the host's certificate (for ${whose}) expired on ${to}`,
        "replace it; the host's daemon reads new files without a restart",
      );
    case "CERT_NOT_YET_VALID":
      return verdict(
        `the host's certificate (for ${whose}) is valid only from ${from}`,
        "set the clocks of host and DPU, or wait",
      );
    case "INVALID_PURPOSE":
      return verdict(
        `the host's certificate (for ${whose}) is not made for a client; is it an agent's?`,
        "give the host host.crt and host.key",
      );
    default:
      return verdict(
        `the host's certificate (for ${whose}) is not signed by a CA this agent knows (${socket.authorizationError})`,
        make,
      );
  }
}

/** Of a peer with which TLS did not come about. */
export function handshakeFailure(error: Error, node: string, security: Security): Verdict {
  const code = errnoOf(error) ?? "";
  const expected = expectation(node, security);
  if (/HTTP_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code)) {
    return {
      reason: "the peer speaks plain text, this agent wants TLS",
      presented: "no TLS",
      expected,
      remedy: 'configure "tls" at the host in place of "insecure"',
    };
  }
  if (/ALERT/.test(code)) {
    return { ...refusesUs(security), reason: `the peer refused this agent's TLS (${code})` };
  }
  return {
    reason: `TLS did not come about (${code || error.message})`,
    presented: "an unfinished handshake",
    expected,
    remedy: "none, unless it is the host's daemon: then see its log",
  };
}

/** Of a peer that left without a word, as one does that does not accept our certificate. */
export function hungUp(security: Security): Verdict {
  return {
    ...refusesUs(security),
    reason: "the peer hung up in or after the TLS handshake",
  };
}

/** Of one that begins with something else than HTTP/2. */
export function noPreface(bytes: Uint8Array, security: Security): Verdict {
  const isTls = bytes[0] === 0x16;
  const expected = security.kind === "tls" ? "gRPC over TLS" : "gRPC without TLS";
  if (isTls && security.kind === "insecure") {
    return {
      reason: "the peer wants TLS, this agent is set to insecure",
      presented: "a TLS handshake",
      expected,
      remedy: 'configure "tls" here in place of "insecure"',
    };
  }
  return {
    reason: "the peer does not speak gRPC",
    presented: `bytes that begin with ${JSON.stringify(Buffer.from(bytes.subarray(0, 8)).toString("latin1"))}`,
    expected,
    remedy: "none: this port is for the host's daemon alone",
  };
}

function refusesUs(security: Security): Omit<Verdict, "reason"> {
  if (security.kind === "insecure") {
    return { presented: "nothing", expected: "a gRPC client", remedy: "see the host's log" };
  }
  const { own, paths } = security;
  return {
    presented: "nothing after the handshake",
    expected: "a host that accepts this agent's certificate",
    remedy: `see the host's log; ours is "${paths.cert}" for ${printIdentities(own.identities)}, issued by "${own.issuer}", valid to ${own.notAfter.toISOString()}`,
  };
}

function expectation(node: string, security: Security): string {
  const ca = security.kind === "tls" ? ` signed by the CA in "${security.paths.ca}"` : "";
  return `a client certificate for "${node}"${ca}`;
}
