import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Certificate, lifetimeOfDays, makeAuthority, makeLeaf } from "./certificates.ts";
import { loadSecurity, SecurityError } from "./security.ts";

let folder = "";
let ca: Certificate = { cert: "", key: "" };
let host: Certificate = { cert: "", key: "" };
const tls = { ca: "ca.crt", cert: "host.crt", key: "host.key" };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "security-"));
  ca = await makeAuthority("CA", lifetimeOfDays(10));
  host = await makeLeaf(ca, { node: "node1", role: "host", lifetime: lifetimeOfDays(5) });
  await writeFile(join(folder, "ca.crt"), ca.cert);
  await writeFile(join(folder, "host.crt"), host.cert);
  await writeFile(join(folder, "host.key"), host.key);
  await writeFile(join(folder, "other.key"), ca.key);
  await writeFile(join(folder, "text.crt"), "hello");
});
after(() => rm(folder, { recursive: true }));

test("loadSecurity() reads the files beside the configuration and knows its own identity", async () => {
  const security = await loadSecurity({ tls }, { directory: folder });
  assert.ok(security.kind === "tls");
  assert.deepEqual(security.own.identities, ["node1"]);
  assert.equal(security.paths.cert, join(folder, "host.crt"));
});

test("loadSecurity() is insecure only when asked, and not both", async () => {
  assert.deepEqual(await loadSecurity({ insecure: true }, { directory: folder }), {
    kind: "insecure",
  });
  await assert.rejects(
    loadSecurity({}, { directory: folder }),
    /neither "tls" nor "insecure: true"/,
  );
  await assert.rejects(loadSecurity({ insecure: false }, { directory: folder }), /neither/);
  await assert.rejects(loadSecurity({ tls, insecure: true }, { directory: folder }), /both/);
});

const later = (days: number) => new Date(Date.now() + days * 86_400_000);

for (const [what, change, now, message] of [
  [
    "a missing file",
    { key: "no.key" },
    later(0),
    /^Cannot read private key ".*\/no.key": there is no such file/,
  ],
  [
    "a certificate that is text",
    { cert: "text.crt" },
    later(0),
    /^Cannot use certificate ".*\/text.crt": it is not a PEM certificate/,
  ],
  [
    "a key that is a certificate",
    { key: "ca.crt" },
    later(0),
    /^Cannot use private key ".*\/ca.crt": it is not a PEM private key/,
  ],
  [
    "the key of another certificate",
    { key: "other.key" },
    later(0),
    /^Cannot use private key ".*\/other.key": it does not belong to certificate ".*\/host.crt"/,
  ],
  [
    "an expired certificate",
    {},
    later(7),
    /^Cannot use certificate ".*\/host.crt": it expired on 20\d\d-\d\d-\d\dT/,
  ],
  ["an expired CA", {}, later(11), /^Cannot use CA certificate ".*\/ca.crt": it expired on/],
  ["a certificate of the future", {}, later(-1), /it is valid only from 20\d\d-/],
] as const) {
  test(`loadSecurity() names ${what}, in one line, with what to do`, async () => {
    await assert.rejects(
      loadSecurity({ tls: { ...tls, ...change } }, { directory: folder, now }),
      (error) => {
        assert.ok(error instanceof SecurityError);
        assert.match(error.message, message);
        assert.match(error.message, /cni-offload-agent certificates/);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}
