import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
} from "@grpc/grpc-js";
import {
  Health,
  Health_State,
  OffloadClient,
  OffloadService,
} from "../../proto/gen/offload/v1/offload.ts";
import { asRequest } from "../base/request-id.ts";
import type { CniError } from "../cni/cni-error.ts";
import type { NewPort } from "../wire/agent.ts";
import { channelCredentials } from "../wire/credentials.ts";
import { AddressesExhausted, CheckFailure } from "./dataplane.ts";
import { eventually, WirePair } from "./wire-pair.ts";

const { signal } = new AbortController();
const insecure = { kind: "insecure" } as const;
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const newPort: NewPort = {
  key,
  generation: 1,
  vf: { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
  pod: { namespace: "default", name: "web", uid: "" },
  networkConfig: "{}",
};

test("addPort(), checkPort(), listPorts() and deletePort() work over mutual TLS", async () => {
  await using pair = await WirePair.create();
  const ca = await pair.authority();
  const agentSide = await pair.security(ca, { role: "agent", node: "node1" });
  const hostSide = await pair.security(ca, { role: "host", node: "node1" });
  const { server, dataplane, lines } = await pair.serve({ security: agentSide });
  const agent = pair.connect({ address: server.address, security: hostSide });
  const setting = await agent.addPort(newPort, signal);
  assert.deepEqual(setting, dataplane.attached.get("net/c1/eth0"));
  await agent.checkPort(key, 1);
  assert.deepEqual(await agent.listPorts(), [{ key, generation: 1, vf: { pf: 0, index: 0 } }]);
  await agent.deletePort(key, 1);
  assert.deepEqual(await agent.listPorts(), []);
  const line = lines.find(({ message }) => message === "AddPort");
  assert.deepEqual([line?.["attachment"], line?.["outcome"]], ["net/c1/eth0", "ok"]);
});

test("each refusal of the agent arrives with its CNI code and its own words", async () => {
  await using pair = await WirePair.create();
  const { server, dataplane } = await pair.serve({ security: insecure });
  const agent = pair.connect({ address: server.address, security: insecure });
  dataplane.failNext.attach = new AddressesExhausted("no IPv4 address is free");
  await assert.rejects(agent.addPort(newPort, signal), {
    code: 107,
    message: 'Cannot add port "net/c1/eth0" on the DPU: no IPv4 address is free',
  });
  dataplane.failNext.attach = new Error('representor "rep0v0" does not exist');
  await assert.rejects(agent.addPort(newPort, signal), { code: 11, message: /rep0v0/ });
  await assert.rejects(agent.checkPort(key, 1), { code: 106, message: /no such port/ });
  await agent.addPort({ ...newPort, generation: 2 }, signal);
  await assert.rejects(agent.addPort(newPort, signal), { code: 105, message: /older/ });
  dataplane.failNext.check = new CheckFailure("route is missing");
  await assert.rejects(agent.checkPort(key, 2), { code: 106, message: /route is missing/ });
  const broken = { ...newPort, key: { ...key, containerId: "" } };
  await assert.rejects(agent.addPort(broken, signal), { code: 105, message: /container id/ });
});

test("addPort() whose signal aborts rejects with its reason and leaves no port", async () => {
  await using pair = await WirePair.create();
  const { server, dataplane, ports } = await pair.serve({ security: insecure });
  const agent = pair.connect({ address: server.address, security: insecure });
  const caller = new AbortController();
  dataplane.gate = async (atTheAgent) => {
    caller.abort(new Error("the pod is gone"));
    await eventually("the agent hears of it", () => atTheAgent.aborted);
  };
  await assert.rejects(agent.addPort(newPort, caller.signal), /the pod is gone/);
  await eventually("the port is undone", () => ports.list().length === 0);
});

async function reasonOf(
  pair: WirePair,
  options: Parameters<WirePair["connect"]>[0],
): Promise<string> {
  const agent = pair.connect(options);
  let message = "";
  await assert.rejects(agent.addPort(newPort, signal), (error: CniError) => {
    assert.equal(error.code, 11);
    message = error.message;
    return true;
  });
  const health = agent.health();
  assert.equal(health.state, "unavailable");
  assert.equal("reason" in health ? health.reason : "", message);
  assert.ok(message.startsWith(`Cannot reach the DPU agent "${options.address}": `), message);
  return message.slice(message.indexOf('": ') + 3);
}

test("an agent that is not there reads as connection refused", async () => {
  await using pair = await WirePair.create();
  const address = "127.0.0.1:1";
  assert.equal(await reasonOf(pair, { address, security: insecure }), "connection refused");
});

test("every method refuses a host of another node, naming both", async () => {
  await using pair = await WirePair.create();
  const ca = await pair.authority();
  const agentSide = await pair.security(ca, { role: "agent", node: "node1" });
  const hostSide = await pair.security(ca, { role: "host", node: "node2" });
  const { server, dataplane } = await pair.serve({ security: agentSide });
  const credentials = channelCredentials(hostSide, "node1");
  const client = new OffloadClient(server.address, credentials, {
    "grpc.ssl_target_name_override": "node1",
  });
  for (const { path, responseStream } of Object.values(OffloadService)) {
    const error = await new Promise<ServiceError | null>((resolve) => {
      const bytes = (buffer: Buffer) => buffer;
      const deadline = { deadline: Date.now() + 2000 };
      if (responseStream) {
        client
          .makeServerStreamRequest(path, bytes, bytes, Buffer.alloc(0), new Metadata(), deadline)
          .on("error", resolve)
          .on("data", () => resolve(null));
      } else {
        client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), deadline, resolve);
      }
    });
    assert.equal(error?.code, 7, path);
  }
  client.close();
  assert.deepEqual(dataplane.calls, []);
  const agent = pair.connect({ address: server.address, security: hostSide });
  await assert.rejects(agent.addPort(newPort, signal), /the host's certificate is for "node2"/);
});

test("an insecure agent of another node is refused by the handshake", async () => {
  await using pair = await WirePair.create();
  const { server } = await pair.serve({ security: insecure, node: "node2" });
  const agent = pair.connect({ address: server.address, security: insecure });
  await assert.rejects(agent.addPort(newPort, signal), /this DPU serves "node2"/);
});

test("a peer that accepts and says nothing reads as silent, within the time of a connection", async () => {
  await using pair = await WirePair.create();
  const ca = await pair.authority();
  const hostSide = await pair.security(ca, { role: "host", node: "node1" });
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const bound = silent.address();
  const address = `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
  try {
    const started = Date.now();
    for (const security of [hostSide, insecure]) {
      const reason = await reasonOf(pair, { address, security, timeoutsMs: { connect: 200 } });
      assert.equal(reason, "it accepts connections and says nothing");
    }
    assert.ok(Date.now() - started < 2000);
    // Two clients are trying: neither may pile up sockets.
    assert.ok(sockets.size <= 3, `${sockets.size} sockets are open`);
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test("an agent that goes away is noticed at once, and its restart is found and told apart", async () => {
  await using pair = await WirePair.create();
  const first = await pair.serve({ security: insecure, instanceId: "one" });
  const { address } = first.server;
  const agent = pair.connect({ address, security: insecure });
  const events: boolean[] = [];
  agent.onConnected(({ restarted }) => events.push(restarted));
  await eventually("the first connection", () => agent.health().state === "ready");
  await first.server.close();
  await eventually("the loss", () => agent.health().state === "unavailable");
  await assert.rejects(agent.listPorts(), { code: 11 });
  await pair.serve({ security: insecure, listen: address, instanceId: "two" });
  await eventually("the second connection", () => agent.health().state === "ready");
  assert.deepEqual(events, [false, true]);
});

test("a daemon hears at its connection which generation the agent remembers, be it of a delete", async () => {
  await using pair = await WirePair.create();
  const { server } = await pair.serve({ security: insecure });
  const heard = async () => {
    const agent = pair.connect({ address: server.address, security: insecure });
    const events: number[] = [];
    agent.onConnected(({ newestGeneration }) => events.push(newestGeneration));
    await eventually("the connection", () => events.length > 0);
    return { agent, newest: events[0] };
  };
  const { agent, newest } = await heard();
  assert.equal(newest, 0);
  await agent.addPort({ ...newPort, generation: 1_700_000_000_007 }, signal);
  assert.equal((await heard()).newest, 1_700_000_000_007);
  const current = await heard();
  await current.agent.deletePort(key, 1_700_000_000_009);
  assert.equal((await heard()).newest, 1_700_000_000_009);
});

test("the health stream brings each change at once", async () => {
  await using pair = await WirePair.create();
  const { server, dataplane, health } = await pair.serve({ security: insecure });
  const agent = pair.connect({ address: server.address, security: insecure });
  await eventually("ready", () => agent.health().state === "ready");
  const reason = 'uplink "uplink0" is down';
  dataplane.healthNow = { state: "down", reason, free: { ipv4: 1, ipv6: 0 } };
  await health.refresh();
  await eventually("down", () => agent.health().state === "dataplaneDown");
  assert.deepEqual(agent.health(), { state: "dataplaneDown", reason });
});

test("a health stream that falls silent makes the agent unreachable within the age limit", async () => {
  await using pair = await WirePair.create();
  const server = new Server();
  let streams = 0;
  server.addService(OffloadService, {
    handshake: (_call: unknown, answer: sendUnaryData<unknown>) =>
      answer(null, {
        node: "node1",
        version: "1.0",
        instanceId: "i",
        software: "",
        capabilities: [],
        newestGeneration: 0,
      }),
    watchHealth: (call: ServerWritableStream<unknown, unknown>) => {
      streams += 1;
      if (streams === 1)
        call.write(Health.fromPartial({ state: Health_State.READY, instanceId: "i" }));
    },
  });
  const port = await new Promise<number>((resolve) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) =>
      resolve(bound),
    );
  });
  try {
    const address = `127.0.0.1:${port}`;
    const agent = pair.connect({ address, security: insecure, healthMaxAgeMs: 200 });
    await eventually("ready", () => agent.health().state === "ready");
    await eventually("silent", () => agent.health().state === "unavailable");
    const reason = `Cannot reach the DPU agent "${address}": it has been silent for 0.2 s`;
    assert.deepEqual(agent.health(), { state: "unavailable", reason });
  } finally {
    server.forceShutdown();
  }
});

test("the id of a runtime's call is in the agent's log line of what it caused", async () => {
  await using pair = await WirePair.create();
  const security = insecure;
  const { server, lines } = await pair.serve({ security });
  const agent = pair.connect({ address: server.address, security });
  const id = await asRequest(async (id) => {
    await agent.addPort(newPort, signal);
    return id;
  });
  await agent.deletePort(key, 1);
  const calls = lines.filter(({ message }) => /^(AddPort|DeletePort)$/.test(String(message)));
  assert.deepEqual(
    calls.map(({ attachment, generation, request }) => [attachment, generation, request]),
    [
      ["net/c1/eth0", 1, id],
      ["net/c1/eth0", 1, undefined],
    ],
  );
});
