import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { certificateFacts, expiryProblem } from "./certificate-facts.ts";
import { lifetimeOfDays, makeAuthority, makeLeaf } from "./certificates.ts";

const lifetime = lifetimeOfDays(30);
const serverAuth = "1.3.6.1.5.5.7.3.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";

test("makeLeaf() makes a leaf of the authority, for the node and one purpose", async () => {
  const ca = await makeAuthority("CA", lifetime);
  const authority = new X509Certificate(ca.cert);
  assert.equal(authority.ca, true);
  for (const [role, purpose] of [
    ["agent", serverAuth],
    ["host", clientAuth],
  ] as const) {
    const made = await makeLeaf(ca, { node: "node1.example", role, lifetime });
    const leaf = new X509Certificate(made.cert);
    assert.equal(leaf.checkIssued(authority), true);
    assert.equal(leaf.verify(authority.publicKey), true);
    assert.equal(leaf.ca, false);
    assert.equal(leaf.checkPrivateKey(createPrivateKey(made.key)), true);
    assert.deepEqual(leaf.keyUsage, [purpose]);
    assert.equal(leaf.subject, "CN=node1.example");
    assert.deepEqual(certificateFacts(made.cert).identities, ["node1.example"]);
  }
});

test("makeLeaf() keeps the identity of a node whose name is too long for a common name", async () => {
  const ca = await makeAuthority("CA", lifetime);
  const node = `${"a".repeat(60)}.${"b".repeat(60)}`;
  const { cert } = await makeLeaf(ca, { node, role: "host", lifetime });
  assert.deepEqual(certificateFacts(cert).identities, [node]);
});

test("two leaves of one authority have different serial numbers", async () => {
  const ca = await makeAuthority("CA", lifetime);
  const leaves = await Promise.all(
    ["a", "b"].map((node) => makeLeaf(ca, { node, role: "host", lifetime })),
  );
  const serials = leaves.map(({ cert }) => new X509Certificate(cert).serialNumber);
  assert.equal(new Set(serials).size, 2);
});

test("expiryProblem() says since when or from when, and nothing in between", async () => {
  const facts = certificateFacts((await makeAuthority("CA", lifetime)).cert);
  const dayMs = 86_400_000;
  const at = (days: number) => new Date(Date.now() + days * dayMs);
  assert.equal(expiryProblem(facts, at(1)), undefined);
  assert.match(expiryProblem(facts, at(31)) ?? "", /^it expired on 20\d\d-/);
  assert.match(expiryProblem(facts, at(-1)) ?? "", /^it is valid only from 20\d\d-/);
});
