/** Our agent under hosts of the public reference, as their double in fixtures/ plays them, and under broken ones. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import fc from "fast-check";
import { createLog } from "../base/log.ts";
import { memoryStore } from "../store/memory-store.ts";
import { fakeDataplane } from "./fake-dataplane.ts";
import { parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";
import { startReferenceServer } from "./reference-server.ts";
import { WirePair } from "./wire-pair.ts";

const double = fileURLToPath(new URL("../../fixtures/reference/host.mjs", import.meta.url));
const mac = "02:00:00:00:00:07";

async function serve(from: readonly string[] = ["127.0.0.1"]) {
  const dataplane = fakeDataplane();
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ component: "agent", write: (line) => lines.push(JSON.parse(line)) });
  const ports = new Ports({
    ...{ store: memoryStore(parsePortRecord), dataplane, representor: "rep{pf}v{vf}", log },
  });
  const server = await startReferenceServer({ listen: "127.0.0.1:0", from, ports, log });
  const host = (...argv: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const [verb = "", ...rest] = argv;
      const all = [double, verb, server.address, ...rest];
      execFile(process.execPath, all, { timeout: 20_000 }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout: stdout.trim(), stderr: stderr.trim() }),
      );
    });
  return { dataplane, lines, ports, server, host, [Symbol.asyncDispose]: () => server.close() };
}

test("a host of the reference adds, checks and deletes, and lives", async () => {
  await using agent = await serve();
  const added = await agent.host("add", "3", mac, "c1");
  assert.deepEqual(added, {
    ...{ code: 0, stderr: "" },
    stdout: '{"ipInfo":{"version":"4","address":"10.0.0.2","gateway":"169.254.1.1"}}',
  });
  const [port] = agent.ports.list();
  assert.deepEqual(port?.key, { network: "~cniaction", containerId: "c1", ifname: "vf0-3" });
  assert.deepEqual(port?.vf, { pf: 0, index: 3, mac, pciAddress: "" });
  assert.deepEqual(port?.pod, { namespace: "default", name: "web", uid: "" });
  assert.equal((await agent.host("check", "3", mac, "c1")).stdout, "{}");
  assert.equal((await agent.host("del", "3", mac, "c1")).stdout, "{}");
  assert.deepEqual(agent.ports.list(), []);
  assert.equal((await agent.host("del", "3", mac, "c1")).code, 0);
  const gone = await agent.host("check", "3", mac, "c1");
  assert.match(
    gone.stderr,
    /^2: Cannot confirm port "~cniaction\/c1\/vf0-3": the DPU has no such port$/,
  );
  const line = agent.lines.find(({ message }) => message === "cmdAdd");
  assert.deepEqual([line?.["attachment"], line?.["outcome"]], ["~cniaction/c1/vf0-3", "ok"]);
  assert.ok(
    agent.lines.some(({ level, message }) => level === "warn" && /INSECURE/.test(`${message}`)),
  );
});

test("the same ADD again gets the same answer; a later container takes the VF; a late DEL touches nothing", async () => {
  await using agent = await serve();
  const first = await agent.host("add", "0", mac, "old");
  assert.equal((await agent.host("add", "0", mac, "old")).stdout, first.stdout);
  assert.equal(agent.dataplane.calls.filter((call) => call.startsWith("attach")).length, 1);
  assert.equal((await agent.host("add", "0", mac, "new")).code, 0);
  assert.equal((await agent.host("del", "0", mac, "old")).code, 0);
  assert.deepEqual(
    agent.ports.list().map(({ key }) => key.containerId),
    ["new"],
  );
  assert.equal((await agent.host("check", "0", mac, "old")).code, 1);
  assert.equal((await agent.host("check", "0", mac, "new")).code, 0);
});

test("a host that knows no pod is served by the VF alone", async () => {
  await using agent = await serve();
  assert.equal((await agent.host("add", "1", mac, "")).code, 0);
  assert.equal(agent.ports.list()[0]?.key.containerId, "~");
  assert.equal((await agent.host("del", "1", mac, "")).code, 0);
  assert.deepEqual(agent.ports.list(), []);
});

test("a VF of our own daemon is refused, and its port stays", async () => {
  await using agent = await serve();
  const own = {
    ...{ key: { network: "net", containerId: "c", ifname: "eth0" }, generation: 1 },
    ...{ vf: { pf: 0, index: 2, mac, pciAddress: "" }, networkConfig: "{}" },
    pod: { namespace: "", name: "", uid: "" },
  };
  await agent.ports.add(own, new AbortController().signal);
  const refused = await agent.host("add", "2", mac, "c1");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^2: .*VF 0\/2 belongs to port "net\/c\/eth0" of another host program$/,
  );
  assert.equal(agent.ports.list().length, 1);
});

test("an address that such a host would die of is never sent, and its port is undone", async () => {
  await using agent = await serve();
  for (const setting of [
    { addresses: [{ address: "fd00::1/128", gateway: "fe80::1" }], routes: [] },
    { addresses: [{ address: "10.1.1.1/32" }], routes: [] },
  ]) {
    agent.dataplane.nextSetting = { ...setting, mtu: 1500, mac, dns: {} };
    const answer = await agent.host("add", "0", mac, "c1");
    assert.equal(answer.code, 1, answer.stderr);
    assert.match(answer.stderr, /^2: Cannot answer in the reference's protocol: the port has no /);
    assert.deepEqual(agent.ports.list(), []);
  }
});

test("an ADD without a MAC is refused: the DPU's choice could not be told", async () => {
  await using agent = await serve();
  assert.match((await agent.host("add", "0", "", "c1")).stderr, /^2: .*it names no MAC$/);
  assert.deepEqual(agent.dataplane.calls, []);
});

test("our own daemon is not told of ports that are not its own", async () => {
  await using pair = await WirePair.create();
  const security = { kind: "insecure" } as const;
  const { server, ports } = await pair.serve({ security });
  const key = { network: "~cniaction", containerId: "c", ifname: "vf0-0" };
  const vf = { pf: 0, index: 0, mac, pciAddress: "" };
  const pod = { namespace: "", name: "", uid: "" };
  await ports.add({ key, generation: 1, vf, pod, networkConfig: "{}" }, AbortSignal.timeout(1000));
  assert.deepEqual(await pair.connect({ address: server.address, security }).listPorts(), []);
});

test("any request, empty or garbled, gets an answer or a text with UNKNOWN, and the next call is served", async () => {
  await using agent = await serve();
  const client = new Client(agent.server.address, credentials.createInsecure());
  const raw = (path: string, bytes: Uint8Array) =>
    new Promise<ServiceError | null>((resolve) => {
      const options = { deadline: Date.now() + 5000 };
      const same = (buffer: Buffer) => buffer;
      client.makeUnaryRequest(path, same, same, Buffer.from(bytes), options, resolve);
    });
  for (const verb of ["cmdAdd", "cmdDel", "cmdCheck"]) {
    const error = await raw(`/CNIAction/${verb}`, new Uint8Array());
    assert.deepEqual([error?.code, error?.details], [2, "Cannot read the request: it names no VF"]);
  }
  assert.equal((await raw("/CNIAction/other", new Uint8Array()))?.code, 12);
  // Field 1 and 2 as messages, whatever is in them, and anything at all.
  const message = fc.uint8Array({ maxLength: 40 }).map((bytes) => [bytes.length, ...bytes]);
  const nested = fc.tuple(message, message).map(([a, b]) => Uint8Array.from([10, ...a, 18, ...b]));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("cmdAdd", "cmdDel", "cmdCheck"),
      fc.oneof(nested, fc.uint8Array({ maxLength: 200 })),
      async (verb, bytes) => {
        const error = await raw(`/CNIAction/${verb}`, bytes);
        // 13: what is no message at all does not reach us.
        assert.ok(
          error === null || [2, 13].includes(error.code),
          `${error?.code}: ${error?.details}`,
        );
      },
    ),
    { numRuns: 150 },
  );
  client.close();
  assert.equal((await agent.host("add", "9", mac, "last")).code, 0);
});

test("a host at another address than the configured ones is turned away, and logged", async () => {
  await using agent = await serve(["192.0.2.1"]);
  assert.equal((await agent.host("add", "0", mac, "c1")).code, 1);
  const refusal = agent.lines.find(({ message }) => message === "peer refused");
  assert.deepEqual(
    [refusal?.["peer"], refusal?.["expected"]],
    ["127.0.0.1", "an address of 192.0.2.1"],
  );
});
