/** Certificates of both sides replaced while calls run: none fails, and new connections show the new certificate. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { createLog } from "../base/log.ts";
import type { LeafRole } from "../wire/certificate-facts.ts";
import { type Certificate, lifetimeOfDays, makeAuthority, makeLeaf } from "../wire/certificates.ts";
import { fixedSecurity, followSecurity, type LiveSecurity } from "../wire/live-security.ts";
import { loadSecurity } from "../wire/security.ts";
import { eventually, silentLog, WirePair } from "./wire-pair.ts";

const tls = { ca: "ca.crt", cert: "tls.crt", key: "tls.key" };
const roles = ["agent", "host"] as const;

/** One side's three files, and what follows them. */
async function side(folder: string, role: LeafRole, ca: Certificate) {
  const replace = async (signer: Certificate, trusted: readonly Certificate[]) => {
    const leaf = await makeLeaf(signer, { node: "node1", role, lifetime: lifetimeOfDays(9) });
    await writeFile(join(folder, `${role}-${tls.ca}`), trusted.map(({ cert }) => cert).join(""));
    await writeFile(join(folder, `${role}-${tls.cert}`), leaf.cert);
    await writeFile(join(folder, `${role}-${tls.key}`), leaf.key);
    return leaf;
  };
  await replace(ca, [ca]);
  const as = { node: "node1", role };
  const paths = { ca: `${role}-${tls.ca}`, cert: `${role}-${tls.cert}`, key: `${role}-${tls.key}` };
  const initial = await loadSecurity({ tls: paths }, { directory: folder, as });
  return { replace, live: followSecurity(initial, { as, log: silentLog }) };
}

const certOf = (live: LiveSecurity) =>
  live.current.kind === "tls" ? live.current.cert.toString() : "";

/** The certificate that a new connection is shown. */
function shown(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const [host, port] = address.split(":");
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.toString() ?? "");
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

test("leaves and then the authority are replaced under load, and no call fails", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rotation-"));
  await using pair = await WirePair.create();
  const [old, young] = [
    await makeAuthority("old CA", lifetimeOfDays(9)),
    await makeAuthority("young CA", lifetimeOfDays(9)),
  ];
  const sides = { agent: await side(folder, "agent", old), host: await side(folder, "host", old) };
  try {
    const { server } = await pair.serve({ security: sides.agent.live });
    // A second daemon of the same start is none: one that connects anew each time, as after a loss.
    const connectNew = () => pair.connect({ address: server.address, security: sides.host.live });
    const steady = connectNew();
    let calls = 0;
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        await steady.listPorts();
        calls += 1;
      }
    })();
    const steps = [
      [old, [old]],
      [old, [old, young]],
      [young, [old, young]],
      [young, [young]],
    ] as const;
    for (const [signer, trusted] of steps) {
      const before = calls;
      for (const role of roles) {
        const { replace, live } = sides[role];
        const leaf = await replace(signer, trusted);
        await eventually(`${role}'s new certificate`, () => certOf(live) === leaf.cert);
      }
      assert.equal(await shown(server.address), certOf(sides.agent.live));
      await eventually("calls after it", () => calls > before + 20);
    }
    isOver = true;
    await load; // rejects with the first call that failed
    const fresh = connectNew();
    assert.deepEqual(await fresh.listPorts(), []);
  } finally {
    for (const role of roles) await sides[role].live.close();
    await rm(folder, { recursive: true });
  }
});

test("connections made during a rotation under load all come about", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rotation-"));
  await using pair = await WirePair.create();
  const ca = await makeAuthority("CA", lifetimeOfDays(9));
  const sides = { agent: await side(folder, "agent", ca), host: await side(folder, "host", ca) };
  try {
    const { server } = await pair.serve({ security: sides.agent.live });
    let isOver = false;
    const rotate = (async () => {
      while (!isOver) for (const role of roles) await sides[role].replace(ca, [ca]);
    })();
    for (let n = 0; n < 20; n += 1) {
      const agent = pair.connect({ address: server.address, security: sides.host.live });
      assert.deepEqual(await agent.listPorts(), []);
      await agent.close();
    }
    isOver = true;
    await rotate;
  } finally {
    for (const role of roles) await sides[role].live.close();
    await rm(folder, { recursive: true });
  }
});

test("a certificate that ends soon on either side is in the daemon's health and log", async () => {
  await using pair = await WirePair.create();
  const insecure = { kind: "insecure" } as const;
  const saying = (notice: string) => ({ ...fixedSecurity(insecure), notices: () => [notice] });
  const { server } = await pair.serve({ security: saying("the agent's ends") });
  const lines: string[] = [];
  const log = createLog({ component: "host", write: (line) => lines.push(line) });
  const agent = pair.connect({ address: server.address, security: saying("ours ends"), log });
  await eventually("health", () => agent.health().state === "ready");
  assert.deepEqual(agent.health().notices, ["ours ends", "the agent's ends"]);
  assert.equal(lines.filter((line) => /the DPU agent says: the agent's ends/.test(line)).length, 1);
});
