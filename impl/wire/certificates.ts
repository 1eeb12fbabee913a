/** Makes the certificates of one cluster: an authority, and per node one leaf for the host and one for its DPU. */
import { webcrypto } from "node:crypto";
import type { LeafRole } from "./certificate-facts.ts";
import { loadX509 } from "./x509-library.ts";

/** Both PEM; the key is PKCS #8. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Lifetime {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 24 * 3600 * 1000;
/** Clocks of host and DPU may differ; a certificate is valid a little before it was made. */
const skewMs = 3600 * 1000;
/** RFC 5280 appendix A.1, ub-common-name */
const longestCommonName = 64;

export function lifetimeOfDays(days: number, nowMs: number = Date.now()): Lifetime {
  return { notBefore: new Date(nowMs - skewMs), notAfter: new Date(nowMs + days * dayMs) };
}

export async function makeAuthority(name: string, lifetime: Lifetime): Promise<Certificate> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifetime,
    serialNumber: randomSerial(),
    name: [{ CN: [name.slice(0, longestCommonName)] }],
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** A leaf whose identity is `node` (a DNS name in the subject alternative names), signed by `authority`. */
export async function makeLeaf(
  authority: Certificate,
  leaf: { readonly node: string; readonly role: LeafRole; readonly lifetime: Lifetime },
): Promise<Certificate> {
  const x509 = await loadX509();
  const { node, role, lifetime } = leaf;
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const purpose =
    role === "agent" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifetime,
    serialNumber: randomSerial(),
    // The identity is the alternative name; the common name is for people and has a length limit.
    subject: node.length > longestCommonName ? [] : [{ CN: [node] }],
    issuer: issuer.subjectName,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose]),
      new x509.SubjectAlternativeNameExtension(
        [{ type: "dns", value: node }],
        node.length > longestCommonName,
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** 127 random bits: positive and never zero (RFC 5280, 4.1.2.2). */
function randomSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const { PemConverter } = await loadX509();
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const { PemConverter } = await loadX509();
  const der = PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
