/** Our daemon's client over an agent of the public reference, as its double in fixtures/ plays it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createLog } from "../base/log.ts";
import { type AgentOptions, connectAgent } from "./agent-client.ts";
import { fixedSecurity } from "./live-security.ts";
import type { ReferencePort } from "./reference-link.ts";
import { fromIpInfo } from "./reference-messages.ts";

const double = fileURLToPath(new URL("../../fixtures/reference/agent.mjs", import.meta.url));
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const pod = { namespace: "default", name: "web", uid: "u" };
const mac = "02:00:00:00:00:07";
const vf = { pf: 0, index: 0, mac: mac.toUpperCase(), pciAddress: "0000:03:00.1" };
const newPort = { key, generation: 7, vf, pod, networkConfig: "{}" };
const { signal } = new AbortController();

class Double implements AsyncDisposable {
  readonly requests: Record<string, Record<string, unknown>>[] = [];
  readonly process: ChildProcess;
  address = "";

  private constructor(listen: string, gateway: string | undefined) {
    const env = { ...process.env, ...(gateway === undefined ? {} : { GATEWAY: gateway }) };
    this.process = spawn(process.execPath, [double, listen], {
      ...{ env, stdio: ["ignore", "pipe", "inherit"] },
    });
  }

  static async start(options: { listen?: string; gateway?: string } = {}): Promise<Double> {
    const { listen = "127.0.0.1:0", gateway } = options;
    const started = new Double(listen, gateway);
    const { stdout } = started.process;
    assert.ok(stdout);
    await new Promise<void>((resolve) => {
      createInterface(stdout).on("line", (line) => {
        const said = JSON.parse(line);
        if ("listening" in said) {
          started.address = `127.0.0.1:${said.listening}`;
          resolve();
        } else started.requests.push(said);
      });
    });
    return started;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function client(address: string, options: Partial<AgentOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const known = new Map<string, ReferencePort>();
  const agent = connectAgent({
    ...{ address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
    log: createLog({ component: "host", write: (line) => lines.push(JSON.parse(line)) }),
    reference: { pfs: 1, portOf: ({ containerId }) => known.get(containerId) },
    healthMaxAgeMs: 1000,
    ...options,
  });
  return { agent, known, lines, [Symbol.asyncDispose]: () => agent.close() };
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a port lives and dies on an agent of the reference, by requests such as its own host's", async () => {
  await using double = await Double.start();
  await using host = client(double.address);
  const { agent, known } = host;
  const setting = await agent.addPort(newPort, signal);
  assert.deepEqual(setting, {
    addresses: [{ address: "10.99.0.10/32", gateway: "10.99.0.1" }],
    routes: [{ dst: "10.99.0.1/32" }, { dst: "0.0.0.0/0", gw: "10.99.0.1", mtu: 1450 }],
    ...{ mtu: 1500, mac: mac.toUpperCase(), dns: {} },
  });
  known.set("c1", { vf, pod, port: setting });
  await agent.checkPort(key, 7);
  await agent.deletePort(key, 7);
  await assert.rejects(agent.checkPort(key, 7), {
    code: 106,
    message: /no such attachment \(UNKNOWN\)/,
  });
  await eventually("all requests", () => double.requests.length === 4);
  const podInfo = { pod_namespace: "default", pod_name: "web", containerId: "c1" };
  // vfid and pfid 0 are not sent; 4 and 6 are there and empty; 5 and 7 are not.
  const intfInfo = { num_pfs: 1 };
  const ipInfo = { version: "4", address: "10.99.0.10" };
  assert.deepEqual(double.requests, [
    {
      verb: "cmdAdd",
      request: { podInfo, intfInfo, mac_addr: mac, ipamAllocatedbyHost: {}, offloadFlags: {} },
    },
    { verb: "cmdCheck", request: { intfInfo, podInfo, ipInfo } },
    { verb: "cmdDel", request: { intfInfo, podInfo } },
    { verb: "cmdCheck", request: { intfInfo, podInfo, ipInfo } },
  ]);
});

test("what such an agent cannot do is said in the health, in the log, and by the calls", async () => {
  await using double = await Double.start();
  await using host = client(double.address);
  const { agent, lines } = host;
  await eventually("health", () => agent.health().state === "ready");
  assert.match(String(agent.health().notices), /no IPv6, no DNS.*cannot list its ports/s);
  assert.ok(
    lines.some(({ message }) => /of the public reference: it cannot list/.test(`${message}`)),
  );
  assert.equal(await agent.listPorts(), undefined);
  await assert.rejects(agent.deletePort(key, 1), {
    code: 105,
    message: /knows VFs only.*"net\/c1\/eth0"/,
  });
});

test("its loss is noticed within the age limit, silent or dead, and its return too", async () => {
  await using double = await Double.start();
  await using host = client(double.address);
  const { agent } = host;
  await eventually("health", () => agent.health().state === "ready");
  double.process.kill("SIGSTOP");
  await eventually("silence", () => agent.health().state === "unavailable");
  await assert.rejects(agent.addPort(newPort, signal), { code: 11 });
  double.process.kill("SIGCONT");
  await eventually("its return", () => agent.health().state === "ready");
  await double.stop();
  await eventually("its death", () => agent.health().state === "unavailable");
  await using _again = await Double.start({ listen: double.address });
  await eventually("its restart", () => agent.health().state === "ready");
});

test("without agent.reference such an agent is refused, with what to set", async () => {
  await using double = await Double.start();
  const { address } = double;
  const agent = connectAgent({
    ...{ address, node: "node1", security: fixedSecurity({ kind: "insecure" }) },
    log: createLog({ component: "host", write: () => {} }),
  });
  await assert.rejects(agent.addPort(newPort, signal), {
    code: 11,
    message: /not offload.v1; .* set agent.reference: true/,
  });
  await agent.close();
  assert.deepEqual(double.requests, []);
});

test("an answer without a gateway gives the pod a default route on the link", async () => {
  await using double = await Double.start({ gateway: "<nil>" });
  await using host = client(double.address);
  const setting = await host.agent.addPort(newPort, signal);
  assert.deepEqual(setting.addresses, [{ address: "10.99.0.10/32" }]);
  assert.deepEqual(setting.routes, [{ dst: "0.0.0.0/0", mtu: 1450 }]);
  assert.ok(host.lines.some(({ message }) => /named no gateway/.test(`${message}`)));
});

test("fromIpInfo() takes one IPv4 address, with or without gateway, and names what is wrong with others", () => {
  const of = (address: string, gateway = "") => {
    const said = fromIpInfo({ version: "4", address, gateway, dns: "" }, mac);
    return typeof said === "string" ? said : said.addresses;
  };
  assert.deepEqual(of("10.1.2.3", "10.1.2.1"), [{ address: "10.1.2.3/32", gateway: "10.1.2.1" }]);
  assert.deepEqual(of("10.1.2.3/24", "<nil>"), [{ address: "10.1.2.3/32" }]);
  assert.match(String(of("")), /no address/);
  assert.match(String(fromIpInfo(undefined, mac)), /no address/);
  assert.match(String(of("fd00::1")), /address "fd00::1", expected an IPv4 address/);
  assert.match(String(of("10.1.2.3", "fe80::1")), /gateway "fe80::1"/);
  assert.match(String(of("<nil>")), /address "<nil>"/);
});
