/** The command `certificates`: the files that one node's host and DPU need to trust each other. */
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { type Certificate, lifetimeOfDays, makeAuthority, makeLeaf } from "../wire/certificates.ts";

export interface CertificatesOptions {
  readonly node: string;
  /** folder that gets ca, host and agent (.crt, .key) */
  readonly out: string;
  /** folder with the ca.crt and ca.key to sign with; without it a new authority is made */
  readonly ca?: string | undefined;
  readonly days: number;
}

const authorityDays = 3650;

/** Returns the paths written. Rejects with an Error of one line. */
export async function makeCertificates(options: CertificatesOptions): Promise<readonly string[]> {
  const { node, out, ca, days } = options;
  const authority = ca === undefined ? await newAuthority(out) : await readAuthority(ca);
  const lifetime = lifetimeOfDays(days);
  const host = await makeLeaf(authority, { node, role: "host", lifetime });
  const agent = await makeLeaf(authority, { node, role: "agent", lifetime });
  try {
    await mkdir(out, { recursive: true });
    const written: string[] = [];
    for (const [name, made] of Object.entries({ ca: authority, host, agent })) {
      written.push(await write(join(out, `${name}.crt`), made.cert, 0o644));
      written.push(await write(join(out, `${name}.key`), made.key, 0o600));
    }
    return written;
  } catch (cause) {
    throw new Error(`Cannot write certificates to "${out}": ${stateOf(cause)}`, { cause });
  }
}

async function newAuthority(out: string): Promise<Certificate> {
  const path = join(out, "ca.key");
  const there = await readFile(path).then(
    () => true,
    () => false,
  );
  if (there) {
    throw new Error(
      `Cannot make a new CA in "${out}": "${path}" exists; give --ca "${out}" to sign with it, or another --out`,
    );
  }
  return makeAuthority("cni-offload CA", lifetimeOfDays(authorityDays));
}

async function readAuthority(directory: string): Promise<Certificate> {
  const read = async (name: string) => {
    const path = join(directory, name);
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      throw new Error(`Cannot read the CA file "${path}": ${stateOf(cause)}`, { cause });
    }
  };
  return { cert: await read("ca.crt"), key: await read("ca.key") };
}

/** The mode holds before the first byte is written, also for a file that was there with another. */
async function write(path: string, text: string, mode: number): Promise<string> {
  const file = await open(path, "w", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    return path;
  } finally {
    await file.close();
  }
}

function stateOf(cause: unknown): string {
  return errnoOf(cause) ?? String(cause);
}
