/** How one side proves who it is: the `tls` and `insecure` keys of both configurations, read and checked at start. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { errnoOf } from "../base/errno.ts";
import {
  bundleFacts,
  type CertificateFacts,
  certificateFacts,
  expiryProblem,
  type LeafRole,
  printIdentities,
} from "./certificate-facts.ts";

/** Paths as they stand in the configuration file. */
export const tlsShape = z.strictObject({
  /** certificate of the authority that signed the other side's certificate */
  ca: z.string().min(1),
  /** our own certificate, its identity is the node */
  cert: z.string().min(1),
  /** private key of `cert` */
  key: z.string().min(1),
});
export type TlsPaths = z.infer<typeof tlsShape>;

export type Security =
  | { readonly kind: "insecure" }
  | {
      readonly kind: "tls";
      readonly ca: Buffer;
      readonly cert: Buffer;
      readonly key: Buffer;
      /** absolute, for messages */
      readonly paths: TlsPaths;
      readonly own: CertificateFacts;
      /** of each certificate in `ca`: while an authority is replaced there are two */
      readonly authorities: readonly CertificateFacts[];
    };

/** What a side's own certificate must be, for the other side to take it. */
export interface OwnIdentity {
  readonly node: string;
  readonly role: LeafRole;
}

/** A file that cannot be used: one line with its path, what is wrong, and what to do. */
export class SecurityError extends Error {
  override readonly name = "SecurityError";
}

const remake = 'make new ones with "cni-offload-agent certificates"';

export interface LoadOptions {
  /** what relative paths are relative to: the folder of the configuration file */
  readonly directory: string;
  /** refuses a certificate of our own that the other side would refuse */
  readonly as?: OwnIdentity;
  readonly now?: Date;
}

export async function loadSecurity(
  config: { readonly tls?: TlsPaths | undefined; readonly insecure?: boolean | undefined },
  { directory, as, now = new Date() }: LoadOptions,
): Promise<Security> {
  if (config.tls === undefined) {
    if (config.insecure === true) return { kind: "insecure" };
    throw new SecurityError(
      'Cannot secure the wire between host and DPU: neither "tls" nor "insecure: true" is configured; give tls: {ca, cert, key}',
    );
  }
  if (config.insecure === true) {
    throw new SecurityError(
      'Cannot secure the wire between host and DPU: both "tls" and "insecure: true" are configured; keep one',
    );
  }
  const paths = {
    ca: resolve(directory, config.tls.ca),
    cert: resolve(directory, config.tls.cert),
    key: resolve(directory, config.tls.key),
  };
  const [ca, cert, key] = await Promise.all([
    readPem("CA certificate", paths.ca),
    readPem("certificate", paths.cert),
    readPem("private key", paths.key),
  ]);
  const authorities = checkedAuthorities(paths.ca, ca, now);
  const own = checkedFacts("certificate", paths.cert, cert, now);
  checkKey(paths, cert, key);
  if (as !== undefined) checkIdentity(paths.cert, own, as);
  return { kind: "tls", ca, cert, key, paths, own, authorities };
}

async function readPem(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const errno = errnoOf(cause);
    const state = errno === "ENOENT" ? "there is no such file" : (errno ?? String(cause));
    throw new SecurityError(`Cannot read ${what} "${path}": ${state}; ${remake}`, { cause });
  }
}

/** One that is valid now is enough: of two, the old one may have ended and the new one not begun. */
function checkedAuthorities(path: string, pem: Buffer, now: Date): readonly CertificateFacts[] {
  const all = parse("CA certificate", path, () => bundleFacts(pem));
  if (all.every((facts) => expiryProblem(facts, now) !== undefined)) {
    checkedFacts("CA certificate", path, pem, now);
  }
  return all;
}

function checkIdentity(path: string, own: CertificateFacts, { node, role }: OwnIdentity): void {
  const refused = (state: string) =>
    new SecurityError(`Cannot use certificate "${path}": ${state}; ${remake}`);
  if (!own.identities.includes(node.toLowerCase())) {
    throw refused(`it is for ${printIdentities(own.identities)}, this node is "${node}"`);
  }
  if (own.roles !== undefined && !own.roles.includes(role)) {
    const needed = role === "agent" ? "a server, as the agent is" : "a client, as the host is";
    throw refused(`it is not made for ${needed}`);
  }
}

function checkedFacts(what: string, path: string, pem: Buffer, now: Date): CertificateFacts {
  const facts = parse(what, path, () => certificateFacts(pem));
  const problem = expiryProblem(facts, now);
  if (problem !== undefined) {
    throw new SecurityError(
      `Cannot use ${what} "${path}": ${problem} (now ${now.toISOString()}); ${remake}`,
    );
  }
  return facts;
}

function checkKey(paths: TlsPaths, cert: Buffer, key: Buffer): void {
  const privateKey = parse("private key", paths.key, () => createPrivateKey(key));
  if (new X509Certificate(cert).checkPrivateKey(privateKey)) return;
  throw new SecurityError(
    `Cannot use private key "${paths.key}": it does not belong to certificate "${paths.cert}"; ${remake}`,
  );
}

function parse<T>(what: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SecurityError(`Cannot use ${what} "${path}": it is not a PEM ${what}; ${remake}`, {
      cause,
    });
  }
}
