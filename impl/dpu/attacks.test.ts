/**
 * The agent's open ports under attack: whatever comes, it lives, its memory is bounded, and a proven host is served
 * meanwhile. DNC_ATTACK_FACTOR (default 1) multiplies what is tried.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { sleep } from "../base/time.ts";
import type { Agent } from "../wire/agent.ts";
import { connectAgent } from "../wire/agent-client.ts";
import { clientPreface, emptySettings } from "../wire/http2-frames.ts";
import { fixedSecurity } from "../wire/live-security.ts";
import { loadSecurity, type Security } from "../wire/security.ts";
import { makeCertificates } from "./make-certificates.ts";
import { silentLog } from "./wire-pair.ts";

const factor = Number(process.env["DNC_ATTACK_FACTOR"] ?? 1);
const MiB = 1024 * 1024;

let folder = "";
let child: ChildProcess;
let log = "";
let addresses = { tls: "", plain: "" };
let security: Security;
/** the good one, connected all the time */
let host: Agent | undefined;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "agent-attacks-"));
  await makeCertificates({ node: "node1", out: folder, days: 1 });
  child = fork(fileURLToPath(new URL("agent.fixture.ts", import.meta.url)), [folder], {
    ...{ execArgv: ["--import", "tsx", "--expose-gc"], silent: true },
  });
  child.stderr?.on("data", (chunk) => {
    log = (log + chunk).slice(-2_000_000);
  });
  [addresses] = await once(child, "message", { signal: AbortSignal.timeout(60_000) });
  const tls = { ca: "ca.crt", cert: "host.crt", key: "host.key" };
  security = await loadSecurity({ tls }, { directory: folder });
  host = newHost();
  await host.listPorts();
});

after(async () => {
  await host?.close();
  if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
  await rm(folder, { recursive: true });
});

function newHost(): Agent {
  return connectAgent({
    ...{ address: addresses.tls, node: "node1", security: fixedSecurity(security) },
    ...{ log: silentLog, healthMaxAgeMs: 10_000, timeoutsMs: { connect: 8000 } },
  });
}

/** Tried again while the connection is being re-made, as runtimes do on code 11: this process is the attacker too, and
 *  may starve its own keepalive. */
async function callWell(): Promise<void> {
  const end = Date.now() + 15_000;
  for (;;) {
    try {
      await host?.listPorts();
      return;
    } catch (error) {
      assert.equal(child.exitCode, null, log);
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

async function memory(): Promise<number> {
  child.send("memory");
  const [said] = await once(child, "message", { signal: AbortSignal.timeout(20_000) });
  return said.rss;
}

/** Runs `attack` with a proper call after the other beside it; what the attack adds to the memory stays below `mostMiB`. */
async function during(attack: () => Promise<unknown>, mostMiB = 150): Promise<void> {
  const before = await memory();
  let isOver = false;
  const calls = (async () => {
    let answered = 0;
    while (!isOver || answered < 2) {
      await callWell();
      answered += 1;
    }
  })();
  const attacked = attack().finally(() => {
    isOver = true;
    for (const socket of opened) socket.destroy();
    opened.clear();
  });
  await Promise.all([calls, attacked]);
  assert.equal(child.exitCode, null, log);
  const grown = (await memory()) - before;
  assert.ok(grown < mostMiB * MiB, `${Math.round(grown / MiB)} MiB more`);
}

const portOf = (address: string) => Number(address.split(":")[1]);

/** All of one attack: none outlives it. */
const opened = new Set<{ destroy(): void }>();

function open(address: string): Socket {
  const socket = connect({ host: "127.0.0.1", port: portOf(address) }).on("error", () => {});
  opened.add(socket);
  return socket;
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.resume().once("close", () => resolve());
  });
}

/** Past TLS with the host's own certificate: the proven peer itself goes mad. */
async function openProven(): Promise<TLSSocket> {
  assert.ok(security.kind === "tls");
  const { ca, cert, key } = security;
  const socket = connectTls({
    ...{ host: "127.0.0.1", port: portOf(addresses.tls), ca, cert, key, servername: "node1" },
    ALPNProtocols: ["h2"],
  });
  socket.on("error", () => {});
  opened.add(socket);
  await once(socket, "secureConnect");
  return socket;
}

const bytes = fc.array(fc.uint8Array({ maxLength: 500 }), { minLength: 1, maxLength: 4 });
/** a TLS record or an HTTP/2 frame by its head, and anything in it */
const shaped = fc.tuple(
  fc.constantFrom([22, 3, 1], [0, 0, 40], [23, 3, 3]),
  fc.uint8Array({ maxLength: 300 }),
);

for (const kind of ["tls", "plain"] as const) {
  test(`any bytes at the ${kind} port end in a closed connection`, async () => {
    await during(() =>
      fc.assert(
        fc.asyncProperty(fc.oneof(bytes, shaped), async (pieces) => {
          const socket = open(addresses[kind]);
          for (const piece of pieces) socket.write(Uint8Array.from(piece));
          socket.end();
          await ended(socket);
        }),
        { numRuns: 12 * factor },
      ),
    );
  });
}

for (const [what, openOne] of [
  ["a proven host", () => openProven()],
  ["anybody at the plain port", async () => open(addresses.plain)],
] as const) {
  test(`frames of HTTP/2 that are none, from ${what}, end its connection alone`, async () => {
    const frame = fc
      .tuple(fc.nat(12), fc.nat(255), fc.nat(7), fc.uint8Array({ maxLength: 100 }), fc.nat(3))
      .map(([type, flags, stream, body, excess]) =>
        Buffer.from([0, 0, body.length + excess, type, flags, 0, 0, 0, stream, ...body]),
      );
    await during(() =>
      fc.assert(
        fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
          const socket = await openOne();
          socket.write(Buffer.concat([clientPreface, emptySettings, ...frames]));
          socket.end();
          setTimeout(() => socket.destroy(), 100).unref();
          await ended(socket);
        }),
        { numRuns: 12 * factor },
      ),
    );
  });
}

test("thousands of idle connections at both ports are bounded, end by themselves, and keep nobody out", async () => {
  const sockets: Socket[] = [];
  await during(async () => {
    for (let n = 0; n < 800 * factor; n += 1) {
      const socket = open(n % 2 === 0 ? addresses.tls : addresses.plain);
      sockets.push(socket);
      // half of them begin a handshake or a preface and stop
      if (n % 4 === 0) socket.write(Uint8Array.from([22, 3, 1, 2, 0]));
      if (n % 4 === 1) socket.write(clientPreface.subarray(0, 10));
      if (n % 100 === 0) await once(socket, "connect").catch(() => {});
    }
    // Somebody with the right certificate gets in meanwhile.
    const late = await session("proven");
    late.destroy();
    await Promise.all(sockets.map(ended));
  });
  assert.match(log, /more than 128 connections that have not shown who they are/);
});

async function session(kind: "proven" | "plain"): Promise<ClientHttp2Session> {
  const made =
    kind === "plain"
      ? connectHttp2(`http://${addresses.plain}`)
      : await openProven().then((socket) =>
          connectHttp2(`https://${addresses.tls}`, { createConnection: () => socket }),
        );
  made.on("error", () => {});
  opened.add(made);
  await new Promise<void>((resolve, reject) => {
    made.once("remoteSettings", () => resolve());
    made.once("close", () => reject(new Error("the agent closed the connection")));
  });
  return made;
}

function closedOf(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.destroyed) resolve();
    session.once("close", () => resolve());
  });
}

const post = (path: string) => ({
  ...{ ":method": "POST", ":path": path, te: "trailers" },
  "content-type": "application/grpc",
});

for (const kind of ["proven", "plain"] as const) {
  const path = kind === "plain" ? "/CNIAction/cmdAdd" : "/offload.v1.Offload/AddPort";

  test(`huge metadata, huge messages and endless ones from a ${kind} peer harm only its own calls`, async () => {
    await during(async () => {
      const peer = await session(kind);
      const statusOf = (headers: Record<string, string>, body: Buffer, isEnded = true) =>
        new Promise<string>((resolve) => {
          const stream = peer.request({ ...post(path), ...headers });
          let said = "";
          stream.on("response", (head) => (said = String(head["grpc-status"] ?? said)));
          stream.on("trailers", (head) => (said = String(head["grpc-status"] ?? said)));
          stream.on("error", (error) => resolve(error.message)).on("close", () => resolve(said));
          stream.resume();
          if (isEnded) stream.end(body);
          else stream.write(body);
        });
      const framed = (length: number, body: Buffer) => {
        const head = Buffer.alloc(5);
        head.writeUInt32BE(length, 1);
        return Buffer.concat([head, body]);
      };
      // 8: RESOURCE_EXHAUSTED, as gRPC has it for a message above the limit
      assert.equal(await statusOf({}, framed(5 * MiB, Buffer.alloc(5 * MiB))), "8");
      assert.notEqual(await statusOf({}, framed(0xffff_ffff, Buffer.alloc(10))), "0");
      assert.notEqual(await statusOf({}, framed(3, Buffer.from([10, 200, 1]))), "0");
      assert.notEqual(await statusOf({ big: "x".repeat(60_000) }, framed(0, Buffer.alloc(0))), "0");
      const endless = statusOf({ "grpc-timeout": "300m" }, framed(1000, Buffer.alloc(1)), false);
      const headers = Object.fromEntries(
        Array.from({ length: 120 }, (_, n) => [`h${n}`, "x".repeat(400)]),
      );
      assert.notEqual(await statusOf(headers, framed(0, Buffer.alloc(0))), "0");
      peer.close();
      setTimeout(() => peer.destroy(), 500);
      assert.notEqual(await endless, "0");
    });
  });

  test(`streams opened and reset by the thousand by a ${kind} peer cost only its connection`, async () => {
    await during(async () => {
      const peer = await session(kind);
      const closed = closedOf(peer);
      for (let n = 0; n < 1500 * factor && !peer.destroyed && !peer.closed; n += 1) {
        const stream = peer.request(post(path)).on("error", () => {});
        stream.close(constants.NGHTTP2_CANCEL);
        if (n % 20 === 0) await sleep(1);
      }
      peer.destroy();
      await closed;
    });
  });
}

test("a peer that opens connections without end gets no more than its share, and its place back", async () => {
  await during(async () => {
    const tried = await Promise.allSettled(Array.from({ length: 40 }, () => session("plain")));
    const peers = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.ok(peers.length > 0 && peers.length <= 16, `${peers.length} connections`);
    for (const peer of peers) peer.destroy();
    const end = Date.now() + 10_000;
    const again = async (): Promise<ClientHttp2Session> =>
      session("plain").catch((error) => {
        if (Date.now() > end) throw error;
        return again();
      });
    (await again()).destroy();
  });
  assert.match(log, /there are more than 16 connections/);
});
