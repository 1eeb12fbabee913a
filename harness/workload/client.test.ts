/** Two workloads on loopback: what they say of a good peer and of bad ones. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Processes } from "../backends/processes.ts";
import type { Place } from "../core/backend.ts";
import { localPlace } from "../runtime/local-place.ts";
import { Workload } from "./client.ts";

let [one, two]: Workload[] = [];
let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "workload-"));
  const processes = new Processes(join(directory, "processes"));
  const place: Place = {
    ...localPlace(),
    spawn: (argv, options = { name: "w" }) =>
      processes.spawn(argv, { logFile: join(directory, "log"), ...options }),
  };
  [one, two] = await Promise.all([Workload.start(place, "one"), Workload.start(place, "two")]);
});

after(async () => {
  await one?.[Symbol.asyncDispose]();
  await two?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function pair(): { from: Workload; to: Workload } {
  assert.ok(one && two);
  return { from: one, to: two };
}

for (const host of ["127.0.0.1", "::1"]) {
  test(`data is carried both ways and checked over TCP on ${host}`, async () => {
    const { from, to } = pair();
    const exchange = await from.tcp({ host, port: to.ports.tcp, bytes: 1 << 20, seed: 7 });
    assert.ok(exchange.ok, JSON.stringify(exchange));
  });

  test(`datagrams up to the largest come back whole on ${host}`, async () => {
    const { from, to } = pair();
    for (const size of [1, 1472, 60_000]) {
      const exchange = await from.udp({ host, port: to.ports.udp, size, seed: size });
      assert.ok(exchange.ok, JSON.stringify(exchange));
    }
  });
}

test("many exchanges run side by side", async () => {
  const { from, to } = pair();
  const all = Array.from({ length: 20 }, (_, seed) =>
    from.tcp({ host: "127.0.0.1", port: to.ports.tcp, bytes: 100, seed }),
  );
  assert.ok((await Promise.all(all)).every(({ ok }) => ok));
});

test("a closed port is refused at once", async () => {
  const exchange = await pair().from.tcp({ host: "127.0.0.1", port: 1, bytes: 1, seed: 1 });
  assert.ok(!exchange.ok && exchange.phase === "connect");
  assert.match(exchange.reason, /ECONNREFUSED/);
});

/** A peer that answers each connection with `text` after reading to its end. */
function peer(t: { after(undo: () => void): void }, text: string | undefined): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume();
    socket.on("error", () => {});
    if (text !== undefined) socket.on("end", () => socket.end(text));
  });
  t.after(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

const lies: readonly (readonly [string, string, RegExp])[] = [
  ["got too little", '{"bytes":1,"sha256":""}\n', /got 1 of 4 bytes/],
  ["got other data", '{"bytes":4,"sha256":"00"}\n', /got other data/],
  ["says nothing", "", /no header/],
];
for (const [what, text, reason] of lies) {
  test(`a peer that ${what} is found out`, async (t) => {
    const port = await peer(t, text);
    const exchange = await pair().from.tcp({ host: "127.0.0.1", port, bytes: 4, seed: 1 });
    assert.ok(!exchange.ok);
    assert.match(exchange.reason, reason);
  });
}

test("a silent peer is given up after the time allowed", async (t) => {
  const port = await peer(t, undefined);
  const target = { host: "127.0.0.1", port, seed: 1, timeoutMs: 100 };
  const tcp = await pair().from.tcp({ ...target, bytes: 4 });
  assert.ok(!tcp.ok && tcp.phase === "transfer");
  const udp = await pair().from.udp({ ...target, size: 4 });
  assert.ok(!udp.ok);
});

for (const host of ["127.0.0.1", "::1"]) {
  test(`an echo comes back from ${host}`, async () => {
    const exchange = await pair().from.icmp({ host, seed: 5 });
    assert.ok(exchange.ok, JSON.stringify(exchange));
  });
}

test("an echo to where nobody is says why there is no answer", async () => {
  const [ipv4, ipv6] = await Promise.all([
    pair().from.icmp({ host: "203.0.113.77", seed: 1, timeoutMs: 50 }),
    pair().from.icmp({ host: "2001:db8::77", seed: 1, timeoutMs: 50 }),
  ]);
  for (const exchange of [ipv4, ipv6]) {
    assert.match(exchange.ok ? "" : exchange.reason, /no answer to one echo|refused it: errno 101/);
  }
});

test("a workload that may not send somewhere says so, and lives on", async () => {
  const { from } = pair();
  // A port of this socket's own kind of address family, which no interface leads to.
  const sent = await from.udp({ host: "fe80::1", port: 9, size: 10, seed: 1, timeoutMs: 500 });
  assert.equal(sent.ok, false);
  const echo = await from.icmp({ host: "127.0.0.1", seed: 2 });
  assert.ok(echo.ok, JSON.stringify(echo));
});
