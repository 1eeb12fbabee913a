/** Starts of daemon and agent that others have followed: neither side listens to them any more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
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
import { channelCredentials } from "../wire/credentials.ts";
import { agentInstanceHeader } from "../wire/peer-instances.ts";
import { eventually, WirePair } from "./wire-pair.ts";

const security = { kind: "insecure" } as const;
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const newPort = {
  key,
  generation: 1,
  vf: { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
  pod: { namespace: "default", name: "web", uid: "" },
  networkConfig: "{}",
};
const { signal } = new AbortController();

test("a daemon that has seen a later agent takes no answer from an earlier one", async () => {
  await using pair = await WirePair.create();
  const first = await pair.serve({ security, instanceId: "one" });
  const { address } = first.server;
  const agent = pair.connect({ address, security });
  await eventually("the first agent", () => agent.health().state === "ready");
  await first.server.close();
  const second = await pair.serve({ security, instanceId: "two", listen: address });
  await eventually("the second agent", () => agent.health().state === "ready");
  await second.server.close();
  await eventually("the loss", () => agent.health().state === "unavailable");
  const replay = await pair.serve({ security, instanceId: "one", listen: address });
  const reason = () => JSON.stringify(agent.health());
  await eventually("the refusal", () => /instance \\"one\\".*earlier start/.test(reason()));
  await assert.rejects(agent.addPort(newPort, signal), { code: 11, message: /earlier start/ });
  assert.deepEqual(replay.dataplane.calls, []);
  await replay.server.close();
  await pair.serve({ security, instanceId: "three", listen: address });
  await eventually("a third agent", () => agent.health().state === "ready");
});

test("an agent serves the last start of the daemon only, and tells the one before", async () => {
  await using pair = await WirePair.create();
  const { server, dataplane } = await pair.serve({ security });
  const { address } = server;
  const old = pair.connect({ address, security });
  await eventually("the old daemon", () => old.health().state === "ready");
  await old.addPort(newPort, signal);
  const young = pair.connect({ address, security });
  await eventually("the young daemon", () => young.health().state === "ready");
  await eventually("the old daemon's health", () => old.health().state === "unavailable");
  await eventually("why", () => /later start of the daemon/.test(JSON.stringify(old.health())));
  // Only now: a call in flight when the old one's pulse ends is cut short with it.
  await assert.rejects(old.deletePort(key, 1), /a later start of the daemon has taken its place/);
  await young.checkPort(key, 1);
  assert.equal(young.health().state, "ready");
  assert.ok(dataplane.attached.has("net/c1/eth0"));
});

test("a call without a handshake before it is refused, to be tried again", async () => {
  await using pair = await WirePair.create();
  const { server, dataplane } = await pair.serve({ security });
  const client = new OffloadClient(server.address, channelCredentials(security, "node1"));
  for (const headers of [{}, { "offload-host-instance": "nobody" }]) {
    const metadata = Metadata.fromHttp2Headers(headers);
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.deletePort({ attachment: { ...key }, generation: 1 }, metadata, (failed) =>
        resolve(failed),
      );
    });
    assert.equal(error?.code, 14);
    assert.match(error?.details ?? "", /has not shaken hands/);
  }
  client.close();
  assert.deepEqual(dataplane.calls, []);
});

for (const [where, answerer, pulse] of [
  ["an answer", "other", "i"],
  ["a pulse", "i", "other"],
] as const) {
  test(`${where} of another agent than the one that shook hands is not taken`, async () => {
    await using pair = await WirePair.create();
    const server = new Server();
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
      watchHealth: (call: ServerWritableStream<unknown, unknown>) =>
        call.write(Health.fromPartial({ state: Health_State.READY, instanceId: pulse })),
      listPorts: (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
        call.sendMetadata(Metadata.fromHttp2Headers({ [agentInstanceHeader]: answerer }));
        answer(null, { ports: [] });
      },
    });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) =>
        resolve(bound),
      );
    });
    try {
      const agent = pair.connect({ address: `127.0.0.1:${port}`, security });
      await assert.rejects(agent.listPorts(), { code: 11, message: /another start of the agent/ });
    } finally {
      server.forceShutdown();
    }
  });
}
