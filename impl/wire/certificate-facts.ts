/** What a certificate says, for decisions and for clear messages about it. */
import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";

export interface CertificateFacts {
  /** the DNS names of the subject alternative names, lower case; ours have exactly one: the node */
  readonly identities: readonly string[];
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** what it is made for; undefined when it does not say, which means anything */
  readonly roles: readonly LeafRole[] | undefined;
}

/** Which side of the wire a leaf is for: the agent serves, the host calls. */
export type LeafRole = "agent" | "host";

/** RFC 5280, 4.2.1.12: serverAuth and clientAuth */
const purposes: Readonly<Record<LeafRole, string>> = {
  agent: "1.3.6.1.5.5.7.3.1",
  host: "1.3.6.1.5.5.7.3.2",
};

/** Of the first certificate. Throws what node:crypto throws when `pem` holds none. */
export function certificateFacts(pem: string | Buffer): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const used: readonly string[] | undefined = certificate.keyUsage;
  return {
    identities: dnsNames(certificate.subjectAltName),
    issuer: oneLine(certificate.issuer),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    roles: used && (["agent", "host"] as const).filter((role) => used.includes(purposes[role])),
  };
}

/** Of each certificate of a bundle; throws as `certificateFacts` does. */
export function bundleFacts(pem: Buffer): readonly CertificateFacts[] {
  const blocks = pem.toString("latin1").match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g);
  return (blocks ?? [""]).map((block) => certificateFacts(block));
}

/** The identities of a peer whose chain TLS has verified already. */
export function peerIdentities(certificate: PeerCertificate): readonly string[] {
  return dnsNames(certificate.subjectaltname);
}

/** `"node1"`, or words when there is none. */
export function printIdentities(identities: readonly string[]): string {
  return identities.length === 0 ? "nobody" : identities.map((name) => `"${name}"`).join(", ");
}

/** What is wrong with the dates at `now`; undefined when nothing is. */
export function expiryProblem(facts: CertificateFacts, now: Date): string | undefined {
  if (now > facts.notAfter) return `it expired on ${facts.notAfter.toISOString()}`;
  if (now < facts.notBefore) return `it is valid only from ${facts.notBefore.toISOString()}`;
  return undefined;
}

/** Node prints the names as `DNS:a, IP Address:b`, and quotes a name that could be mistaken for a list as JSON. */
function dnsNames(subjectAltName: string | undefined): readonly string[] {
  const names: string[] = [];
  for (const match of (subjectAltName ?? "").matchAll(/(?:^|, )DNS:("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    const name = match[1] ?? "";
    // A quoted name has characters no node name has; keep it as it is, it will equal nothing.
    names.push(name.toLowerCase());
  }
  return names;
}

function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}
