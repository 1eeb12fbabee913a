/**
 * What runs inside a pod: a TCP and UDP peer driven by one JSON object per line on stdin, answering one per line on stdout.
 * Plain JavaScript with Node's builtins, since one is started per pod and a TypeScript loader would cost ten times the start.
 *
 * It listens on all addresses, or on those given as arguments, at most one of each family.
 *
 * At start:  {"ready":{"tcp":PORT,"udp":PORT}}
 * {"id":1,"do":"tcp","host":…,"port":…,"bytes":N,"seed":S,"timeoutMs":T}   N bytes there and N others back, both checked
 * {"id":2,"do":"udp","host":…,"port":…,"size":N,"seed":S,"timeoutMs":T}    one datagram there, the same one back; never sent again
 * {"id":3,"do":"icmp","host":…,"seed":S,"timeoutMs":T}                     one ICMP echo; never sent again
 * Answers:   {"id":1,"ok":true,"durationMs":…,"connectMs":…}  or  {"id":1,"ok":false,"phase":"connect","reason":…}
 *
 * On the wire a TCP sender writes {"bytes":N,"seed":S}\n, its data, and closes its half; the peer answers
 * {"bytes":received,"sha256":…}\n, data of seed S+1, and closes its own.
 */
import { createCipheriv, createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, createServer, isIPv6 } from "node:net";
import { createInterface } from "node:readline";

const maxBytes = 64 * 1024 * 1024;
const maxHeaderBytes = 1024;
/** ends a connection whose other side has gone quiet */
const idleMs = 30_000;

/** Pseudo-random data that both ends can make from the seed. @param {number} seed @param {number} size */
function data(seed, size) {
  const key = createHash("sha256").update(String(seed)).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return stream.update(Buffer.alloc(size));
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @param {object} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Splits a stream into its header line and the rest. @param {Buffer[]} chunks */
function split(chunks) {
  const all = Buffer.concat(chunks);
  const end = all.indexOf(10);
  if (end < 0 || end > maxHeaderBytes) throw new Error("the stream has no header");
  return { header: JSON.parse(all.subarray(0, end).toString()), body: all.subarray(end + 1) };
}

/** @param {import("node:net").Socket} socket */
function serve(socket) {
  /** @type {Buffer[]} */
  const chunks = [];
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("end", () => {
    try {
      const { header, body } = split(chunks);
      const size = Math.min(Number(header.bytes) || 0, maxBytes);
      socket.write(`${JSON.stringify({ bytes: body.length, sha256: sha256(body) })}\n`);
      socket.end(data(Number(header.seed) + 1, size));
    } catch {
      socket.destroy();
    }
  });
}

/** @param {{host: string, port: number, bytes: number, seed: number, timeoutMs: number}} order */
function tcp({ host, port, bytes, seed, timeoutMs }) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let [phase, connectMs, received] = ["connect", 0, 0];
    /** @type {Buffer[]} */
    const chunks = [];
    const socket = connect({ host, port, allowHalfOpen: true });
    const end = (/** @type {object} */ answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const fail = (/** @type {string} */ reason) => end({ ok: false, phase, reason });
    const timer = setTimeout(() => {
      const got = phase === "connect" ? "" : `, ${received} bytes came back`;
      fail(`timed out after ${timeoutMs} ms${got}`);
    }, timeoutMs);
    socket.on("error", (error) => fail(error.message));
    socket.on("connect", () => {
      connectMs = performance.now() - startedAt;
      phase = "transfer";
      socket.write(`${JSON.stringify({ bytes, seed })}\n`);
      socket.end(data(seed, bytes));
    });
    socket.on("data", (chunk) => {
      received += chunk.length;
      chunks.push(chunk);
    });
    socket.on("end", () => {
      try {
        const { header, body } = split(chunks);
        if (header.bytes !== bytes) return fail(`the peer got ${header.bytes} of ${bytes} bytes`);
        if (header.sha256 !== sha256(data(seed, bytes))) return fail("the peer got other data");
        if (body.length !== bytes) return fail(`${body.length} of ${bytes} bytes came back`);
        if (!body.equals(data(seed + 1, bytes))) return fail("other data came back");
        end({ ok: true, connectMs, durationMs: performance.now() - startedAt });
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
    });
  });
}

/** @param {{host: string, port: number, size: number, seed: number, timeoutMs: number}} order */
function udp({ host, port, size, seed, timeoutMs }) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const payload = data(seed, size);
    let phase = "send";
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    const end = (/** @type {object} */ answer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const fail = (/** @type {string} */ reason) => end({ ok: false, phase, reason });
    const timer = setTimeout(
      () => fail(`no answer to one datagram of ${size} bytes within ${timeoutMs} ms`),
      timeoutMs,
    );
    socket.on("error", (error) => fail(error.message));
    socket.on("message", (message) => {
      if (!message.equals(payload)) return fail("another datagram came back");
      end({ ok: true, connectMs: 0, durationMs: performance.now() - startedAt });
    });
    // A connected socket hears of ICMP errors.
    socket.connect(port, host, (/** @type {Error | undefined} */ error) => {
      if (error) return fail(error.message);
      phase = "answer";
      socket.send(payload);
    });
  });
}

const given = process.argv.slice(2);
const given4 = given.find((address) => !isIPv6(address));
const given6 = given.find((address) => isIPv6(address));

/** @param {"udp4" | "udp6"} type @param {number} port */
function reflect(type, port) {
  const own = type === "udp6" ? given6 : given4;
  if (given.length > 0 && own === undefined) return Promise.resolve(port);
  return new Promise((resolve) => {
    const socket = createSocket({ type, ipv6Only: type === "udp6" });
    socket.on("message", (message, from) => socket.send(message, from.port, from.address));
    socket.on("error", () => resolve(0));
    socket.bind({ port, ...(own && { address: own }) }, () => resolve(socket.address().port));
  });
}

/** @param {string} address @param {number} port */
function listenAt(address, port) {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, serve);
    server.once("error", reject);
    server.listen(port, address, () => {
      const own = server.address();
      resolve(typeof own === "object" && own !== null ? own.port : 0);
    });
  });
}

async function listenGiven() {
  let port = 0;
  for (const address of given) port = await listenAt(address, port);
  return port;
}

function listen() {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, serve);
    server.on("listening", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
    // Without IPv6 in the kernel, IPv4 alone.
    server.once("error", () => server.once("error", reject).listen(0, "0.0.0.0"));
    server.listen(0, "::");
  });
}

/** @param {Parameters<import("./echo.mjs")["echo"]>[0]} order */
async function icmp(order) {
  const { echo } = await import("./echo.mjs");
  return echo(order);
}

const orders = { tcp, udp, icmp };

// Shutting stdin is the order to leave: nothing outlives a harness that died.
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const order = JSON.parse(line);
    const run = orders[/** @type {keyof typeof orders} */ (order.do)];
    const answer = run
      ? await run(order)
      : { ok: false, phase: "order", reason: `unknown: ${order.do}` };
    say({ id: order.id, ...answer });
  })
  .on("close", () => process.exit(0));

const port = await reflect("udp4", 0);
await reflect("udp6", port);
const tcpPort = given.length > 0 ? await listenGiven() : await listen();
say({ ready: { tcp: tcpPort, udp: port } });
