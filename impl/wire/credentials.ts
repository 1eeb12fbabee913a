/** The daemon's security as gRPC wants it, and the check of the other side's identity on either end. */
import type { PeerCertificate } from "node:tls";
import { ChannelCredentials } from "@grpc/grpc-js";
import { peerIdentities, printIdentities } from "./certificate-facts.ts";
import type { Security } from "./security.ts";

/** Accepts only a server whose certificate carries `node`. */
export function channelCredentials(security: Security, node: string): ChannelCredentials {
  if (security.kind === "insecure") return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(security.ca, security.key, security.cert, {
    checkServerIdentity: (_host, certificate) => wrongServer(certificate, node),
  });
}

/** Why `certificate` is not that of the DPU agent of `node`; undefined when it is. */
export function wrongServer(certificate: PeerCertificate, node: string): Error | undefined {
  const identities = peerIdentities(certificate);
  if (identities.includes(node.toLowerCase())) return undefined;
  return new Error(
    `the agent's certificate is for ${printIdentities(identities)}, expected "${node}"`,
  );
}

/** Why a client whose chain TLS has verified may not call the agent of `node`; undefined when it may. */
export function wrongClient(
  certificate: PeerCertificate | undefined,
  node: string,
): string | undefined {
  if (certificate === undefined)
    return `the host showed no certificate, expected one for "${node}"`;
  const identities = peerIdentities(certificate);
  if (identities.includes(node.toLowerCase())) return undefined;
  return `the host's certificate is for ${printIdentities(identities)}, this DPU serves "${node}"`;
}
