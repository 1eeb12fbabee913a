/** Certificates replaced in all the ways they are replaced, whole and half. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import { type Certificate, lifetimeOfDays, makeAuthority, makeLeaf } from "./certificates.ts";
import { expiryNotices } from "./expiry-notice.ts";
import { type FollowOptions, followSecurity, type LiveSecurity } from "./live-security.ts";
import { loadSecurity } from "./security.ts";

const as = { node: "node1", role: "host" } as const;
const tls = { ca: "ca.crt", cert: "tls.crt", key: "tls.key" };

class Files implements AsyncDisposable {
  readonly ca: Certificate;
  readonly folder: string;
  readonly lines: Record<string, unknown>[] = [];
  readonly #following: LiveSecurity[] = [];

  private constructor(folder: string, ca: Certificate) {
    this.folder = folder;
    this.ca = ca;
  }

  static async create(): Promise<Files> {
    const folder = await mkdtemp(join(tmpdir(), "live-security-"));
    return new Files(folder, await makeAuthority("CA", lifetimeOfDays(1000)));
  }

  leaf(node = "node1", days = 365): Promise<Certificate> {
    return makeLeaf(this.ca, { node, role: "host", lifetime: lifetimeOfDays(days) });
  }

  async write(pair: Partial<Certificate>, folder = this.folder): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, tls.ca), this.ca.cert);
    if (pair.cert !== undefined) await writeFile(join(folder, tls.cert), pair.cert);
    if (pair.key !== undefined) await writeFile(join(folder, tls.key), pair.key);
  }

  async follow(options: Partial<FollowOptions> = {}): Promise<LiveSecurity> {
    const log = createLog({ component: "t", write: (line) => this.lines.push(JSON.parse(line)) });
    const initial = await loadSecurity({ tls }, { directory: this.folder, as });
    // So seldom that only the kernel's word can have told it, unless a test says otherwise.
    const live = followSecurity(initial, { as, log, pollMs: 3_600_000, ...options });
    this.#following.push(live);
    return live;
  }

  warnings(): readonly string[] {
    return this.lines.filter(({ level }) => level === "warn").map(({ message }) => `${message}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const live of this.#following) await live.close();
    await rm(this.folder, { recursive: true });
  }
}

function certOf(live: LiveSecurity): string {
  return live.current.kind === "tls" ? live.current.cert.toString() : "";
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("files written over are taken once they fit together, and told to who listens", async () => {
  await using files = await Files.create();
  await files.write(await files.leaf());
  const live = await files.follow();
  const heard: string[] = [];
  live.onChange((security) => heard.push(security.kind === "tls" ? security.cert.toString() : ""));
  const next = await files.leaf();
  await files.write({ cert: next.cert });
  await files.write({ key: next.key });
  await eventually("the new certificate", () => certOf(live) === next.cert);
  assert.deepEqual(heard, [next.cert]);
  assert.ok(files.lines.some(({ message }) => /were replaced/.test(`${message}`)));
  assert.deepEqual(live.notices(), []);
});

test("a half-written pair leaves the old one in use and is logged; completed, it is taken", async () => {
  await using files = await Files.create();
  const first = await files.leaf();
  await files.write(first);
  const live = await files.follow();
  const next = await files.leaf();
  await files.write({ cert: next.cert });
  await eventually("the warning", () => files.warnings().length > 0);
  assert.equal(certOf(live), first.cert);
  assert.match(
    files.warnings()[0] ?? "",
    /^new certificate files are not used: Cannot use private key ".*tls.key": it does not belong to certificate/,
  );
  assert.deepEqual(live.notices(), files.warnings());
  await files.write({ key: next.key });
  await eventually("the new certificate", () => certOf(live) === next.cert);
  assert.deepEqual(live.notices(), []);
});

for (const [what, replace, says] of [
  ["an empty file", async (files: Files) => files.write({ cert: "" }), /is not a PEM certificate/],
  [
    "a certificate cut short",
    async (files: Files) => files.write({ cert: (await files.leaf()).cert.slice(0, 300) }),
    /is not a PEM certificate/,
  ],
  [
    "another node's certificate",
    async (files: Files) => files.write(await files.leaf("node2")),
    /it is for "node2", this node is "node1"/,
  ],
  [
    "an expired certificate",
    async (files: Files) => files.write(await files.leaf("node1", -0.01)),
    /it expired on/,
  ],
  [
    "files that are gone",
    async (files: Files) => rm(join(files.folder, tls.key)),
    /there is no such file/,
  ],
] as const) {
  test(`${what} leaves the old pair in use and is logged once`, async () => {
    await using files = await Files.create();
    const first = await files.leaf();
    await files.write(first);
    const live = await files.follow({ pollMs: 20 });
    await replace(files);
    await eventually("the warning", () => files.warnings().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(certOf(live), first.cert);
    assert.equal(files.warnings().length, 1);
    assert.match(files.warnings()[0] ?? "", says);
    await files.write(first);
    await eventually("all is well again", () => live.notices().length === 0);
  });
}

test("a folder of links that is swapped at once, as Kubernetes does with a Secret, is followed", async () => {
  await using files = await Files.create();
  const [first, next] = [await files.leaf(), await files.leaf()];
  await files.write(first, join(files.folder, "..1"));
  await symlink("..1", join(files.folder, "..data"));
  for (const name of Object.values(tls)) await symlink(`..data/${name}`, join(files.folder, name));
  const live = await files.follow();
  await files.write(next, join(files.folder, "..2"));
  await symlink("..2", join(files.folder, "..data_tmp"));
  await rename(join(files.folder, "..data_tmp"), join(files.folder, "..data"));
  await rm(join(files.folder, "..1"), { recursive: true });
  await eventually("the new certificate", () => certOf(live) === next.cert);
  assert.deepEqual(files.warnings(), []);
});

test("a folder that is replaced by another, which no watch survives, is found by looking", async () => {
  await using files = await Files.create();
  const folder = join(files.folder, "tls");
  const [first, next] = [await files.leaf(), await files.leaf()];
  await files.write(first, folder);
  const log = createLog({ component: "t", write: () => {} });
  const initial = await loadSecurity({ tls }, { directory: folder, as });
  const live = followSecurity(initial, { as, log, pollMs: 20 });
  await files.write(next, `${folder}-new`);
  await rename(folder, `${folder}-old`);
  await rename(`${folder}-new`, folder);
  await eventually("the new certificate", () => certOf(live) === next.cert);
  await live.close();
});

test("a certificate that ends soon is a notice with its date, its days and what to do", async () => {
  await using files = await Files.create();
  await files.write(await files.leaf());
  const security = await loadSecurity({ tls }, { directory: files.folder, as });
  const at = (days: number) => expiryNotices(security, new Date(Date.now() + days * 86_400_000));
  assert.deepEqual(at(300), []);
  assert.match(
    at(360)[0] ?? "",
    /^certificate ".*tls.crt" expires on 20\d\d-.*, in [45] days; replace the file, no restart is needed$/,
  );
  assert.match(at(364.5)[0] ?? "", /in 1[12] hours/);
  assert.match(at(366)[0] ?? "", /expired on/);
  assert.match(at(990)[1] ?? "", /^CA certificate ".*ca.crt" expires/);
});

test("an expiring certificate is logged when it is followed, and stays a notice", async () => {
  await using files = await Files.create();
  await files.write(
    await makeLeaf(files.ca, {
      node: "node1",
      role: "host",
      lifetime: {
        notBefore: new Date(Date.now() - 86_400_000 * 100),
        notAfter: new Date(Date.now() + 86_400_000 * 3),
      },
    }),
  );
  const live = await files.follow();
  await eventually("the warning", () => files.warnings().length > 0);
  assert.match(files.warnings()[0] ?? "", /expires on .*, in [23] days/);
  assert.deepEqual(live.notices(), files.warnings());
});

test("a CA file may hold the old and the new authority, and an ended one beside a living one", async () => {
  await using files = await Files.create();
  await files.write(await files.leaf());
  const ended = await makeAuthority("old CA", lifetimeOfDays(-0.01));
  await writeFile(join(files.folder, tls.ca), ended.cert + files.ca.cert);
  const security = await loadSecurity({ tls }, { directory: files.folder, as });
  assert.ok(security.kind === "tls" && security.authorities.length === 2);
  await writeFile(join(files.folder, tls.ca), ended.cert);
  await assert.rejects(
    loadSecurity({ tls }, { directory: files.folder, as }),
    /CA certificate ".*" *: it expired/,
  );
});
